//! INSERT, UPDATE and DELETE in standard SQL.

use super::dialect::Dialect;
use super::fit::fitted;
use super::select::{write_select, write_where};
use super::sql::{Access, CompiledSql, Operation};
use super::writer::SqlWriter;
use crate::ast::{Assignment, Delete, Expr, Insert, Returning, Select, Update};
use crate::error::{Error, Result};
use crate::lower::assignments_in_order;
use crate::schema::ModelMeta;

/// Compiles an INSERT.
///
/// # Errors
/// A value does not fit its field, or the database cannot give rows back.
pub fn compile_insert(insert: Insert, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    let mut w = SqlWriter::new(dialect.spelling());
    w.push("INSERT INTO ");
    w.name(insert.model.table);
    if insert.fields.is_empty() {
        w.spelling.write_default_row(&mut w);
    } else {
        for (index, field) in insert.fields.iter().enumerate() {
            w.push(if index == 0 { " (" } else { ", " });
            w.name(field.column);
        }
        w.push(") VALUES ");
        w.params.reserve(insert.rows.len().saturating_mul(insert.fields.len()));
        for (index, row) in insert.rows.into_iter().enumerate() {
            if index > 0 {
                w.push(", ");
            }
            for (at, (value, field)) in row.into_iter().zip(&insert.fields).enumerate() {
                w.push(if at == 0 { "(" } else { ", " });
                w.stored_value(fitted(value, field)?, Some(field))?;
            }
            w.push(")");
        }
    }
    match insert.returning {
        Returning::Nothing => {}
        Returning::Model if dialect.capability().insert_returning => {
            w.push(" RETURNING ");
            w.columns(insert.model);
        }
        Returning::Model => return Err(Error::unsupported("INSERT … RETURNING", dialect.name())),
    }
    Ok(CompiledSql::new(w.sql, w.params, Access::Write, operation))
}

/// Compiles an UPDATE whose parts are lowered.
///
/// # Errors
/// A value does not fit its field, or two columns are swapped where assignments take place one after another.
pub fn compile_update(update: &Update, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    set_once(&update.assignments)?;
    let mut w = SqlWriter::new(dialect.spelling());
    w.push("UPDATE ");
    w.name(update.model.table);
    if dialect.capability().simultaneous_assignment || update.assignments.len() == 1 {
        write_assignments(&mut w, &update.assignments)?;
    } else {
        let ordered = assignments_in_order(&update.assignments).ok_or_else(|| {
            Error::unsupported("assigning columns to each other in one update", dialect.name())
        })?;
        write_assignments(&mut w, ordered)?;
    }
    write_rows(&mut w, update.model, &update.filter, update.keys.as_deref())?;
    Ok(CompiledSql::new(w.sql, w.params, Access::Write, operation))
}

fn write_assignments<'a>(
    w: &mut SqlWriter,
    assignments: impl IntoIterator<Item = &'a Assignment>,
) -> Result<()> {
    for (index, assignment) in assignments.into_iter().enumerate() {
        w.push(if index == 0 { " SET " } else { ", " });
        w.name(assignment.field.column);
        w.push(" = ");
        match &assignment.value {
            Expr::Value(value) => {
                w.stored_value(fitted(value.clone(), assignment.field)?, Some(assignment.field))?;
            }
            expr => w.spelling.write_assigned(w, expr, assignment.field)?,
        }
    }
    Ok(())
}

/// PostgreSQL refuses a field that is set twice, the others take the last value.
fn set_once(assignments: &[Assignment]) -> Result<()> {
    for (at, assignment) in assignments.iter().enumerate() {
        if assignments.iter().take(at).any(|earlier| std::ptr::eq(earlier.field, assignment.field)) {
            let field = assignment.field;
            return Err(Error::InvalidQuery(
                format!("`{}.{}` is set twice in one update", field.model, field.name).into(),
            ));
        }
    }
    Ok(())
}

/// Compiles a DELETE whose parts are lowered.
///
/// # Errors
/// A value cannot be bound.
pub fn compile_delete(delete: &Delete, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    let mut w = SqlWriter::new(dialect.spelling());
    w.push("DELETE FROM ");
    w.name(delete.model.table);
    write_rows(&mut w, delete.model, &delete.filter, delete.keys.as_deref())?;
    Ok(CompiledSql::new(w.sql, w.params, Access::Write, operation))
}

fn write_rows(
    w: &mut SqlWriter,
    model: &'static ModelMeta,
    filter: &[Expr],
    keys: Option<&Select>,
) -> Result<()> {
    let Some(keys) = keys else { return write_where(w, filter) };
    w.push(" WHERE ");
    let composite = model.primary_key.len() > 1;
    write_key(w, model, if composite { "(" } else { "" });
    w.push(if composite { ") IN (" } else { " IN (" });
    if w.spelling.capability().subquery_on_target {
        write_select(w, keys)?;
    } else {
        // A derived table hides from the server that the subquery reads the table being changed.
        write_key(w, model, "SELECT ");
        w.push(" FROM (");
        write_select(w, keys)?;
        w.push(") AS ");
        w.alias(0);
    }
    w.push(")");
    Ok(())
}

fn write_key(w: &mut SqlWriter, model: &'static ModelMeta, before: &str) {
    for (index, field) in model.key_fields().enumerate() {
        w.push(if index == 0 { before } else { ", " });
        w.name(field.column);
    }
}
