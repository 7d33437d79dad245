//! Saving a row: for all models the same code, which knows the row only as [`AnyRow`].

use std::future;

use super::any_row::{AnyRow, AnyRows, AsAny, fetch_any};
use super::count::exists;
use super::create::{insert_row, vanished};
use super::hooks::{SAVING, Save, hooked, watches};
use super::run::{Running, execute};
use super::stale::{as_read, first_version, is_unsaved, this_row, why_missed};
use super::transaction::{Work, together};
use crate::ast::{Assignment, Expr, Update};
use crate::backend::{Backend, Executor};
use crate::compile::{CompiledSql, Operation, compile_select, compile_update, compile_update_returning};
use crate::error::{Error, Result};
use crate::schema::{FieldMeta, Generated};

/// Saves a row, with hooks where there are some for its model.
pub(super) fn save<'r, E: Executor>(
    row: &'r mut dyn AnyRow,
    db: &'r E,
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Running<'r, ()> {
    let model = row.model();
    if watches(db, model, SAVING) {
        return hooked(db, operation, Save { row, only: None, operation, read });
    }
    Box::pin(async move {
        if !is_unsaved(row)? {
            let fields = written(row, false);
            if update_fields(row, db, &fields, operation, read).await? > 0 {
                row.count_version_up();
                return Ok(());
            }
            if model.version().is_some() {
                return Err(why_missed(row, db, operation).await?);
            }
        }
        insert_all(row, db, operation, read).await
    })
}

/// The fields of a row that saving it writes: all that a new one can have, otherwise those that are loaded and may change.
pub(super) fn written(row: &dyn AnyRow, is_new: bool) -> Vec<&'static FieldMeta> {
    let fields = row.model().fields.iter().enumerate();
    let written = fields.filter(|(at, field)| {
        let changes = !field.primary_key && !field.is_version() && row.has(*at);
        !field.is_computed() && (is_new || changes)
    });
    written.map(|(_, field)| field).collect()
}

/// Saves fields of a row, with hooks where there are some for its model.
pub(super) fn save_fields<'r, E: Executor>(
    row: &'r mut dyn AnyRow,
    db: &'r E,
    mut fields: Vec<&'static FieldMeta>,
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Running<'r, ()> {
    let model = row.model();
    for field in model.fields {
        let listed = fields.iter().any(|given| std::ptr::eq(*given, field));
        if field.generated == Some(Generated::AutoNow) && !listed {
            fields.push(field);
        }
    }
    if fields.is_empty() {
        let error = Error::InvalidQuery("`save_fields` was given no fields".into());
        return Box::pin(future::ready(Err(error)));
    }
    if watches(db, model, SAVING) {
        return hooked(db, operation, Save { row, only: Some(fields), operation, read });
    }
    Box::pin(async move {
        if update_fields(row, db, &fields, operation, read).await? == 0 {
            return Err(why_missed(row, db, operation).await?);
        }
        row.count_version_up();
        Ok(())
    })
}

/// Inserts a row with all of its fields; it is then as the database has it.
pub(super) async fn insert_all<E: Executor>(
    row: &mut dyn AnyRow,
    db: &E,
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Result<()> {
    let model = row.model();
    let (mut fields, mut values) = (Vec::new(), Vec::new());
    for (at, field) in model.fields.iter().enumerate() {
        if field.is_computed() {
            continue;
        }
        fields.push(field);
        values.push(match first_version(field) {
            Some(first) => first,
            None => row.value_at(at)?,
        });
    }
    let rows = insert_row(db, model, (fields, values), operation, read).await?;
    if row.become_last_of(rows)? { Ok(()) } else { Err(vanished(model)) }
}

/// Updates the row's given fields, if it still is as it was read; the number of rows that matched.
pub(super) async fn update_fields<E: Executor>(
    row: &mut dyn AnyRow,
    db: &E,
    fields: &[&'static FieldMeta],
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Result<u64> {
    let model = row.model();
    let mut assignments = Vec::with_capacity(fields.len());
    for (at, field) in model.fields.iter().enumerate() {
        if fields.iter().any(|given| std::ptr::eq(*given, field)) {
            assignments.push(Assignment { field, value: Expr::Value(row.value_at(at)?) });
        }
    }
    let query = as_read(row)?;
    if assignments.is_empty() && model.version().is_none() {
        // A model of nothing but its key: there is nothing to write, only to know whether the row is there.
        return Ok(u64::from(exists(db, query, operation).await?));
    }
    let update = Update { model, assignments, rows: query.select };
    if model.fields.iter().any(FieldMeta::is_computed) {
        return update_and_read(row, db, update, operation, read).await;
    }
    Ok(execute(db, compile_update(update, db.dialect(), operation)?).await?.rows_affected)
}

/// As [`update_fields`], and the row takes its generated columns as they are then.
async fn update_and_read<E: Executor>(
    row: &mut dyn AnyRow,
    db: &E,
    update: Update,
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Result<u64> {
    let returning = compile_update_returning(update.clone(), db.dialect(), operation)?;
    let fresh = if let Some(sql) = returning {
        fetch_any(db, sql, read).await?
    } else {
        let sql = compile_update(update, db.dialect(), operation)?;
        let query = compile_select(this_row(row)?.select, db.dialect(), operation)?;
        match together(db, operation, UpdateThenRead { sql, query, read }).await? {
            Some(rows) => rows,
            None => return Ok(0),
        }
    };
    Ok(u64::from(row.take_computed_of(fresh)?))
}

/// Changes a row, and reads it.
struct UpdateThenRead<B: Backend> {
    sql: CompiledSql,
    query: CompiledSql,
    read: AsAny<B>,
}

impl<B: Backend> Work<B> for UpdateThenRead<B> {
    type Out = Option<Box<dyn AnyRows>>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Option<Box<dyn AnyRows>>> {
        match execute(db, self.sql).await?.rows_affected {
            0 => Ok(None),
            _ => fetch_any(db, self.query, self.read).await.map(Some),
        }
    }
}
