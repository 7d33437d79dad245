//! ON CONFLICT: what an INSERT does with a row whose unique values are taken.

use super::dialect::Dialect;
use super::dml::{counted_up, set_once, write_assignments};
use super::select::rules;
use super::writer::SqlWriter;
use crate::ast::{ConflictAction, OnConflict};
use crate::error::{Error, Result};
use crate::lower::{assignments_in_order, lower_assignments};
use crate::schema::{FieldMeta, ModelMeta};

/// The clause, lowered, once it is known to mean the same here as everywhere.
///
/// # Errors
/// No unique constraint has the target's fields, a field is set twice, or the database cannot tell one constraint from
/// another.
pub(super) fn checked(
    mut conflict: OnConflict,
    model: &'static ModelMeta,
    given: &[&'static FieldMeta],
    dialect: Dialect,
) -> Result<OnConflict> {
    let target = &conflict.target;
    if !target.is_empty() && !tells_conflict(model, target, given, dialect)? {
        return Err(Error::unsupported(
            format!("`on_conflict` of one unique constraint where {} has several", model.name),
            dialect.name(),
        ));
    }
    if let ConflictAction::Update { incoming, assignments } = &mut conflict.action {
        if incoming.is_empty() && assignments.is_empty() {
            return Err(Error::InvalidQuery("`on_conflict` was given nothing to update".into()));
        }
        let set = incoming.iter().copied().chain(assignments.iter().map(|set| set.field));
        set_once(&set.collect::<Vec<_>>())?;
        assignments.extend(counted_up(model));
        lower_assignments(model, assignments, rules(dialect))?;
        if !dialect.capability().subquery_on_target && assignments.iter().any(|set| set.value.reads(model)) {
            return Err(Error::unsupported(
                format!("setting a field of {} from a subquery on the same table", model.name),
                dialect.name(),
            ));
        }
    }
    Ok(conflict)
}

/// Whether the database can tell a conflict of the target from others, when these fields are given.
///
/// # Errors
/// No unique constraint has just the target's fields.
pub fn tells_conflict(
    model: &'static ModelMeta,
    target: &[&'static FieldMeta],
    given: &[&'static FieldMeta],
    dialect: Dialect,
) -> Result<bool> {
    let keys = unique_keys(model);
    if !keys.iter().any(|key| same_fields(key, target)) {
        let names: Vec<_> = target.iter().map(|field| field.name).collect();
        let (model, names) = (model.name, names.join(", "));
        return Err(Error::InvalidQuery(
            format!("{model} has no unique constraint of just {names}, so no conflict can be about it")
                .into(),
        ));
    }
    // A key that the database counts is never taken.
    let may_conflict =
        |key: &[&FieldMeta]| key.iter().all(|field| !field.is_identity() || given.contains(field));
    let others = keys.iter().any(|key| !same_fields(key, target) && may_conflict(key));
    Ok(!others || dialect.capability().conflict_target)
}

/// What cannot be there twice: the primary key, and each unique constraint.
pub(crate) fn unique_keys(model: &'static ModelMeta) -> Vec<Vec<&'static FieldMeta>> {
    let mut keys = vec![model.key_fields().collect()];
    keys.extend(model.fields.iter().filter(|field| field.unique).map(|field| vec![field]));
    let unique = model.indexes.iter().filter(|index| index.is_unique_for_all());
    keys.extend(unique.map(|index| index.fields.iter().map(|part| &model.fields[part.field]).collect()));
    keys
}

fn same_fields(key: &[&'static FieldMeta], target: &[&'static FieldMeta]) -> bool {
    key.len() == target.len() && key.iter().all(|field| target.contains(field))
}

/// The clause.
pub(super) fn write_conflict(
    w: &mut SqlWriter,
    model: &'static ModelMeta,
    conflict: &OnConflict,
) -> Result<()> {
    w.spelling.write_on_conflict(w, model, conflict)
}

/// The clause in the words that most databases share.
pub(crate) fn write_standard(
    w: &mut SqlWriter,
    model: &'static ModelMeta,
    conflict: &OnConflict,
) -> Result<()> {
    w.push(" ON CONFLICT");
    for (index, field) in conflict.target.iter().enumerate() {
        w.push(if index == 0 { " (" } else { ", " });
        w.name(field.column);
    }
    w.push(if conflict.target.is_empty() { "" } else { ")" });
    match &conflict.action {
        ConflictAction::Nothing => {
            w.push(" DO NOTHING");
            Ok(())
        }
        ConflictAction::Update { .. } => {
            w.push(" DO UPDATE SET ");
            write_changes(w, model, conflict, |w, field| {
                w.push("EXCLUDED.");
                w.name(field.column);
            })
        }
    }
}

/// What is set, where `write_incoming` writes the new row's value of a field.
pub(crate) fn write_changes(
    w: &mut SqlWriter,
    model: &'static ModelMeta,
    conflict: &OnConflict,
    write_incoming: impl Fn(&mut SqlWriter, &'static FieldMeta),
) -> Result<()> {
    let ConflictAction::Update { incoming, assignments } = &conflict.action else { return Ok(()) };
    // A column's name alone could be that of either row.
    w.scoped(Some(model), |w| {
        if w.spelling.capability().simultaneous_assignment || assignments.len() < 2 {
            write_assignments(w, assignments)
        } else {
            let ordered = assignments_in_order(assignments).ok_or_else(|| {
                let what = "assigning columns to each other in one update";
                Error::unsupported(what, w.spelling.dialect().name())
            })?;
            write_assignments(w, ordered)
        }
    })?;
    // Behind the expressions, which see the row as it was.
    for (index, field) in incoming.iter().enumerate() {
        w.push(if index == 0 && assignments.is_empty() { "" } else { ", " });
        w.name(field.column);
        w.push(" = ");
        write_incoming(w, field);
    }
    Ok(())
}
