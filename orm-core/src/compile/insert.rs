//! INSERT in standard SQL: rows one by one, several in a statement, or all of them from one array for each column.

use super::conflict::{checked, write_conflict};
use super::dialect::Dialect;
use super::fit::fit;
use super::kept::kept;
use super::sql::{Access, CompiledSql, Copy, Operation};
use super::writer::SqlWriter;
use crate::ast::{Insert, Returning};
use crate::error::{Error, Result};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

/// Lowers and compiles an INSERT.
///
/// # Errors
/// A value does not fit its field, the database cannot give rows back, or rows cannot conflict as it is said.
pub fn compile_insert(insert: Insert, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    kept(insert, dialect, operation, compile)
}

fn compile(mut insert: Insert, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    let conflict = match insert.on_conflict.take() {
        Some(conflict) => Some(checked(*conflict, insert.model, &insert.fields, dialect)?),
        None => None,
    };
    let plain = insert.returning == Returning::Nothing && conflict.is_none() && !insert.fields.is_empty();
    let copied = plain && insert.rows.len() >= dialect.capability().rows_to_copy;
    let runs = if dialect.capability().one_by_one { insert.rows.len().max(1) } else { 1 };
    let later = if runs > 1 { insert.rows.split_off(1) } else { Vec::new() };
    let mut w = SqlWriter::new(dialect.spelling());
    w.push("INSERT INTO ");
    w.name(insert.model.table);
    if insert.fields.is_empty() {
        if insert.rows.len() > 1 {
            return Err(Error::InvalidQuery("rows without any value are inserted one by one".into()));
        }
        w.spelling.write_default_row(&mut w);
    } else {
        for (index, field) in insert.fields.iter().enumerate() {
            w.push(if index == 0 { " (" } else { ", " });
            w.name(field.column);
        }
        w.push(")");
        if insert.rows.len() > 1 && dialect.capability().array_params {
            write_columns(&mut w, &insert.fields, insert.rows)?;
        } else {
            write_values(&mut w, &insert.fields, insert.rows)?;
        }
    }
    if let Some(conflict) = &conflict {
        write_conflict(&mut w, insert.model, conflict)?;
    }
    match insert.returning {
        Returning::Nothing => {}
        Returning::Model if dialect.capability().insert_returning => {
            w.push(" RETURNING ");
            w.columns(insert.model);
        }
        Returning::Key if dialect.capability().insert_returning => {
            for (index, field) in insert.model.key_fields().enumerate() {
                w.push(if index == 0 { " RETURNING " } else { ", " });
                w.name(field.column);
            }
        }
        Returning::Model | Returning::Key => {
            return Err(Error::unsupported("INSERT … RETURNING", dialect.name()));
        }
    }
    write_later_runs(&mut w, &insert.fields, later)?;
    let mut sql = w.finish(Access::Write, operation);
    sql.runs = runs;
    if copied {
        sql.copy = Some(Box::new(copy(insert.model, &insert.fields, dialect)));
    }
    Ok(sql)
}

/// The parameters of the runs behind the first one: those of the row, and what else the statement has.
fn write_later_runs(w: &mut SqlWriter, fields: &[&'static FieldMeta], rows: Vec<Vec<Value>>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let more = w.params.get(fields.len()..).unwrap_or_default().to_vec();
    w.params.reserve(rows.len().saturating_mul(fields.len().saturating_add(more.len())));
    for row in rows {
        for (mut value, field) in row.into_iter().zip(fields) {
            fit(&mut value, field)?;
            w.check(&value, Some(field))?;
            w.params.push(value);
        }
        w.params.extend_from_slice(&more);
    }
    Ok(())
}

/// The statement that rows follow instead of an INSERT, where that is worth its round trip.
fn copy(model: &'static ModelMeta, fields: &[&'static FieldMeta], dialect: Dialect) -> Copy {
    let quoted = |write: &dyn Fn(&mut SqlWriter)| {
        let mut w = SqlWriter::new(dialect.spelling());
        write(&mut w);
        w.sql
    };
    let table = quoted(&|w| w.name(model.table));
    let columns = quoted(&|w| {
        for (index, field) in fields.iter().enumerate() {
            w.push(if index == 0 { "" } else { ", " });
            w.name(field.column);
        }
    });
    Copy {
        sql: format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)"),
        columns: format!("SELECT {columns} FROM {table}"),
        table,
    }
}

/// A question for the step in which keys are counted, where it matters.
pub fn compile_counting_step(dialect: Dialect, operation: Operation) -> Option<CompiledSql> {
    let sql = dialect.spelling().counting_step()?;
    Some(CompiledSql::new(sql, Vec::new(), Access::Write, operation))
}

fn write_values(w: &mut SqlWriter, fields: &[&'static FieldMeta], rows: Vec<Vec<Value>>) -> Result<()> {
    w.push(" VALUES ");
    w.params.reserve(rows.len().saturating_mul(fields.len()));
    for (index, row) in rows.into_iter().enumerate() {
        if index > 0 {
            w.push(", ");
        }
        for (at, (mut value, field)) in row.into_iter().zip(fields).enumerate() {
            w.push(if at == 0 { "(" } else { ", " });
            fit(&mut value, field)?;
            w.stored_value(value, Some(field))?;
        }
        w.push(")");
    }
    Ok(())
}

/// The text is the same for any number of rows. They are read from the arrays front to back, so keys are counted in
/// their order.
fn write_columns(w: &mut SqlWriter, fields: &[&'static FieldMeta], rows: Vec<Vec<Value>>) -> Result<()> {
    w.push(" SELECT * FROM ");
    write_unnested(w, fields, rows)
}

/// `UNNEST(…)` of rows that are to be stored in these fields.
pub(super) fn write_unnested(
    w: &mut SqlWriter,
    fields: &[&'static FieldMeta],
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let mut columns: Vec<Vec<Value>> = fields.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for ((mut value, field), column) in row.into_iter().zip(fields).zip(&mut columns) {
            fit(&mut value, field)?;
            column.push(value);
        }
    }
    w.push("UNNEST(");
    for (index, (field, column)) in fields.iter().zip(columns).enumerate() {
        w.push(if index == 0 { "" } else { ", " });
        w.array_alone(field.kind, column, Some(field))?;
    }
    w.push(")");
    Ok(())
}
