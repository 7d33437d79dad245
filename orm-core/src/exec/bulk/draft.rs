//! New rows as values, in groups that give the same fields.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::ast::{ConflictAction, OnConflict};
use crate::error::{Error, Result};
use crate::exec::create::{left_to_the_database, misplaced};
use crate::model::derived::NewValues;
use crate::model::{Model, NewModel};
use crate::queryset::write_value;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{RowValues, Value};

/// New rows that give the same fields, and can be inserted by one statement.
pub(super) struct Group {
    /// Whether each of the model's fields is given.
    given: Vec<bool>,
    /// Whether the values that must be unique may be taken.
    pub(super) conflicts: bool,
    /// The fields that are given.
    pub(super) fields: Vec<&'static FieldMeta>,
    /// Their values.
    pub(super) rows: RowValues,
    /// Each row's place among all.
    pub(super) places: Vec<usize>,
}

/// The new rows in groups, in their order.
///
/// # Errors
/// A value cannot be stored, or two rows are to update the same.
pub(super) fn groups<M: Model>(
    drafts: Vec<M::New>,
    conflict: Option<&OnConflict>,
    now: DateTime<Utc>,
) -> Result<Vec<Group>> {
    let mut groups = Groups::new(M::META, conflict, drafts.len());
    let mut row = NewValues::default();
    for draft in drafts {
        draft.put_values(now, &mut row);
        groups.push(row.values().map_err(|(at, error)| misplaced::<M>(at, error))?)?;
    }
    Ok(groups.all)
}

/// New rows, put into groups one after another.
pub(super) struct Groups {
    model: &'static ModelMeta,
    conflicts: bool,
    /// What the values that must be unique are, and at which position.
    target: Vec<(&'static FieldMeta, Option<usize>)>,
    updates: bool,
    /// Those values of the rows that update what is there.
    seen: HashSet<Vec<u8>>,
    /// About how many rows there will be.
    expected: usize,
    count: usize,
    pub(super) all: Vec<Group>,
}

impl Groups {
    pub(super) fn new(model: &'static ModelMeta, conflict: Option<&OnConflict>, expected: usize) -> Self {
        let target = conflict.map_or(&[][..], |conflict| &conflict.target);
        let position = |field: &&'static FieldMeta| model.fields.iter().position(|own| own == *field);
        Groups {
            model,
            conflicts: conflict.is_some(),
            target: target.iter().map(|field| (*field, position(field))).collect(),
            updates: conflict
                .is_some_and(|conflict| matches!(conflict.action, ConflictAction::Update { .. })),
            seen: HashSet::new(),
            expected,
            count: 0,
            all: Vec::new(),
        }
    }

    /// Adds a row; of its values nothing is left.
    ///
    /// # Errors
    /// It is not known whether it is there already, or it is to update the same as another.
    pub(super) fn push(&mut self, values: &mut Vec<Option<Value>>) -> Result<()> {
        let conflicts = self.conflicts && self.conflicts(values)?;
        let fits = |group: &Group| {
            group.conflicts == conflicts
                && group.given.iter().zip(values.iter()).all(|(given, value)| *given == value.is_some())
        };
        // Mostly it is the last: then this is one comparison.
        let at = self.all.iter().rposition(fits);
        let at = at.unwrap_or_else(|| {
            let expected = std::mem::take(&mut self.expected);
            self.all.push(Group::of(self.model, values, conflicts, expected));
            self.all.len() - 1
        });
        if let Some(group) = self.all.get_mut(at) {
            group.rows.push_given(values);
            group.places.push(self.count);
        }
        self.count += 1;
        Ok(())
    }

    /// Whether values of this row that must be unique may be taken.
    fn conflicts(&mut self, values: &[Option<Value>]) -> Result<bool> {
        // What is NULL or counted by the database is never taken.
        let mut conflicts = true;
        for (field, position) in &self.target {
            match position.and_then(|at| values.get(at)) {
                Some(Some(value)) => conflicts = conflicts && !value.is_null(),
                _ if field.is_identity() => conflicts = false,
                _ => return Err(left_to_the_database(field)),
            }
        }
        if conflicts && self.updates && !self.seen.insert(self.bytes(values)) {
            return Err(self.twice());
        }
        Ok(conflicts)
    }

    /// The target's values as bytes: equal where the values are.
    fn bytes(&self, values: &[Option<Value>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (_, position) in &self.target {
            if let Some(Some(value)) = position.and_then(|at| values.get(at)) {
                push_bytes(&mut bytes, value);
            }
        }
        bytes
    }

    fn twice(&self) -> Error {
        let names: Vec<_> = self.target.iter().map(|(field, _)| field.name).collect();
        let message = format!(
            "two of the rows have the same {}, and it is not said which of them is to update {}",
            names.join(", "),
            self.model.name
        );
        Error::InvalidQuery(message.into())
    }
}

impl Group {
    fn of(model: &'static ModelMeta, values: &[Option<Value>], conflicts: bool, expected: usize) -> Self {
        let given = model.fields.iter().zip(values).filter(|(_, value)| value.is_some());
        let fields: Vec<_> = given.map(|(field, _)| field).collect();
        Group {
            given: values.iter().map(Option::is_some).collect(),
            conflicts,
            rows: RowValues::with_capacity(fields.iter().map(|field| field.kind), expected),
            fields,
            places: Vec::with_capacity(expected),
        }
    }
}

/// A field's position in the model.
pub(super) fn position<M: Model>(field: &FieldMeta) -> Option<usize> {
    M::META.fields.iter().position(|own| own == field)
}

/// A value as bytes: equal where the values are.
pub(super) fn push_bytes(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Decimal(decimal) => write_value(bytes, &Value::Decimal(decimal.normalize())),
        value => write_value(bytes, value),
    }
}
