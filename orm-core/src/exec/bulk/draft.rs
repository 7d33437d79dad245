//! New rows as values, in groups that give the same fields.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::ast::{ConflictAction, OnConflict};
use crate::error::{Error, Result};
use crate::exec::create::{left_to_the_database, misplaced};
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
pub(super) fn groups<M: Model>(
    drafts: Vec<M::New>,
    conflict: Option<&OnConflict>,
    now: DateTime<Utc>,
) -> Result<Vec<Group>> {
    groups_of::<M>(values::<M>(drafts, now), conflict)
}

/// The values of new rows.
pub(super) fn values<M: Model>(
    drafts: Vec<M::New>,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Result<Vec<Option<Value>>>> {
    let drafts = drafts.into_iter();
    drafts.map(move |draft| draft.into_values(now).map_err(|(at, error)| misplaced::<M>(at, error)))
}

/// The values of new rows in groups, in their order.
pub(super) fn groups_of<M: Model>(
    rows: impl IntoIterator<Item = Result<Vec<Option<Value>>>>,
    conflict: Option<&OnConflict>,
) -> Result<Vec<Group>> {
    let target = conflict.map_or(&[][..], |conflict| &conflict.target);
    let updates = conflict.is_some_and(|conflict| matches!(conflict.action, ConflictAction::Update { .. }));
    let mut seen = HashSet::new();
    let mut groups: Vec<Group> = Vec::new();
    for (place, values) in rows.into_iter().enumerate() {
        let values = values?;
        // What is NULL or counted by the database is never taken.
        let mut conflicts = conflict.is_some();
        for field in target {
            match position::<M>(field).and_then(|at| values.get(at)) {
                Some(Some(value)) => conflicts = conflicts && !value.is_null(),
                _ if field.is_identity() => conflicts = false,
                _ => return Err(left_to_the_database(field)),
            }
        }
        if conflicts && updates && !seen.insert(bytes::<M>(target, &values)) {
            return Err(twice::<M>(target));
        }
        let fits = |group: &Group| {
            group.conflicts == conflicts
                && group.given.iter().zip(&values).all(|(given, value)| *given == value.is_some())
        };
        // Mostly it is the last: then this is one comparison.
        let at = groups.iter().rposition(fits).unwrap_or_else(|| {
            let fields = M::META.fields.iter().zip(&values).filter(|(_, value)| value.is_some());
            groups.push(Group {
                given: values.iter().map(Option::is_some).collect(),
                conflicts,
                fields: fields.map(|(field, _)| field).collect(),
                rows: Vec::new(),
                places: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            // Unlike `flatten` this takes no new memory: there is room for a value where it may be missing.
            #[expect(clippy::filter_map_identity, reason = "it is collected in place")]
            group.rows.push(values.into_iter().filter_map(|value| value).collect());
            group.places.push(place);
        }
    }
    Ok(groups)
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
