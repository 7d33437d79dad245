//! New rows as values, in groups that give the same fields.

use std::collections::HashSet;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};

use crate::ast::{ConflictAction, OnConflict};
use crate::error::{Error, Result};
use crate::exec::create::{left_to_the_database, misplaced, now};
use crate::model::{Model, NewModel};
use crate::queryset::write_value;
use crate::schema::FieldMeta;
use crate::value::Value;

/// New rows that give the same fields, and can be inserted by one statement.
pub(super) struct Group {
    /// Whether each of the model's fields is given.
    given: Vec<bool>,
    /// Whether the values that must be unique may be taken.
    pub(super) conflicts: bool,
    /// The fields that are given.
    pub(super) fields: Vec<&'static FieldMeta>,
    /// Their values, row by row.
    pub(super) rows: Vec<Vec<Value>>,
    /// Each row's place among all.
    pub(super) places: Vec<usize>,
}

/// The new rows in groups, in their order.
///
/// # Errors
/// A value cannot be stored, or two rows are to update the same.
pub(super) fn groups<M: Model>(drafts: Vec<M::New>, conflict: Option<&OnConflict>) -> Result<Vec<Group>> {
    let mut grouping = Grouping::<M>::new(conflict);
    for draft in drafts {
        grouping.push(draft)?;
    }
    Ok(grouping.groups)
}

/// New rows that are put in groups one after another.
pub(super) struct Grouping<'c, M> {
    pub(super) groups: Vec<Group>,
    /// How many there are.
    pub(super) rows: usize,
    now: DateTime<Utc>,
    conflict: Option<&'c OnConflict>,
    seen: HashSet<Vec<u8>>,
    model: PhantomData<fn() -> M>,
}

impl<'c, M: Model> Grouping<'c, M> {
    pub(super) fn new(conflict: Option<&'c OnConflict>) -> Self {
        let seen = HashSet::new();
        Grouping { groups: Vec::new(), rows: 0, now: now(), conflict, seen, model: PhantomData }
    }

    /// Adds a row; gives its values, of the fields that are given.
    ///
    /// # Errors
    /// A value cannot be stored, or the row is to update the same as an earlier one.
    pub(super) fn push(&mut self, draft: M::New) -> Result<&[Value]> {
        let values = draft.into_values(self.now).map_err(|(at, error)| misplaced::<M>(at, error))?;
        let conflicts = self.conflicts(&values)?;
        let fits = |group: &Group| {
            group.conflicts == conflicts
                && group.given.iter().zip(&values).all(|(given, value)| *given == value.is_some())
        };
        // Mostly it is the last: then this is one comparison.
        let at = self.groups.iter().rposition(fits).unwrap_or_else(|| {
            let fields = M::META.fields.iter().zip(&values).filter(|(_, value)| value.is_some());
            self.groups.push(Group {
                given: values.iter().map(Option::is_some).collect(),
                conflicts,
                fields: fields.map(|(field, _)| field).collect(),
                rows: Vec::new(),
                places: Vec::new(),
            });
            self.groups.len() - 1
        });
        let place = self.rows;
        self.rows += 1;
        let Some(group) = self.groups.get_mut(at) else { return Ok(&[]) };
        group.rows.push(values.into_iter().flatten().collect());
        group.places.push(place);
        Ok(group.rows.last().map_or(&[], Vec::as_slice))
    }

    /// Whether the values that must be unique may be taken.
    fn conflicts(&mut self, values: &[Option<Value>]) -> Result<bool> {
        let Some(conflict) = self.conflict else { return Ok(false) };
        // What is NULL or counted by the database is never taken.
        let mut conflicts = true;
        for field in &conflict.target {
            match position::<M>(field).and_then(|at| values.get(at)) {
                Some(Some(value)) => conflicts = conflicts && !value.is_null(),
                _ if field.is_identity() => conflicts = false,
                _ => return Err(left_to_the_database(field)),
            }
        }
        let updates = matches!(conflict.action, ConflictAction::Update { .. });
        if conflicts && updates && !self.seen.insert(bytes::<M>(&conflict.target, values)) {
            return Err(twice::<M>(&conflict.target));
        }
        Ok(conflicts)
    }
}

/// A field's position in the model.
pub(super) fn position<M: Model>(field: &FieldMeta) -> Option<usize> {
    M::META.fields.iter().position(|own| own == field)
}

/// The target's values as bytes: equal where the values are.
fn bytes<M: Model>(target: &[&'static FieldMeta], values: &[Option<Value>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in target {
        if let Some(Some(value)) = position::<M>(field).and_then(|at| values.get(at)) {
            push_bytes(&mut bytes, value);
        }
    }
    bytes
}

/// A value as bytes: equal where the values are.
pub(super) fn push_bytes(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Decimal(decimal) => write_value(bytes, &Value::Decimal(decimal.normalize())),
        value => write_value(bytes, value),
    }
}

fn twice<M: Model>(target: &[&'static FieldMeta]) -> Error {
    let names: Vec<_> = target.iter().map(|field| field.name).collect();
    let message = format!(
        "two of the rows have the same {}, and it is not said which of them is to update {}",
        names.join(", "),
        M::META.name
    );
    Error::InvalidQuery(message.into())
}
