//! INSERT in standard SQL: rows one by one, several in a statement, or all of them from one array for each column.

use super::conflict::{checked, write_conflict};
use super::dialect::Dialect;
use super::fit::{fit, fit_rows};
use super::kept::kept;
use super::sql::{Access, CompiledSql, Copy, Operation};
use super::writer::SqlWriter;
use crate::ast::{Insert, NewRows, Returning};
use crate::error::{Error, Result};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{RowValues, Value};

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
    let count = insert.rows.len();
    let mut w = SqlWriter::new(dialect.spelling());
    let mut rows = None;
    w.push("INSERT INTO ");
    w.name(insert.model.table);
    if insert.fields.is_empty() {
        if count > 1 && !dialect.capability().one_by_one {
            return Err(Error::InvalidQuery("rows without any value are inserted one by one".into()));
        }
        if let NewRows::Many(many) = insert.rows {
            rows = Some(Box::new(many));
        }
        w.spelling.write_default_row(&mut w);
    } else {
        for (index, field) in insert.fields.iter().enumerate() {
            w.push(if index == 0 { " (" } else { ", " });
            w.name(field.column);
        }
        w.push(")");
        rows = write_rows(&mut w, &insert.fields, insert.rows)?;
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
    let mut sql = w.finish(Access::Write, operation);
    if rows.is_some() && dialect.capability().one_by_one {
        sql.runs = count.max(1);
    }
    sql.rows = rows;
    if copied {
        sql.copy = Some(Box::new(copy(insert.model, &insert.fields, dialect)));
    }
    Ok(sql)
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

/// The rows of an INSERT; gives the values that the text has no parameters for, but placeholders.
fn write_rows(
    w: &mut SqlWriter,
    fields: &[&'static FieldMeta],
    rows: NewRows,
) -> Result<Option<Box<RowValues>>> {
    let capability = w.spelling.capability();
    let mut rows = match rows {
        NewRows::One(row) => return write_row(w, fields, row).map(|()| None),
        NewRows::Many(rows) => rows,
    };
    fit_rows(&mut rows, fields, w)?;
    if capability.array_params {
        // The text is the same for any number of rows. They are read from the arrays front to back, so keys are counted in
        // their order.
        w.push(" SELECT * FROM ");
        write_unnested(w, fields, rows)?;
        return Ok(None);
    }
    // Databases that number placeholders take arrays.
    let mut row = String::from("(");
    for at in 1..=fields.len() {
        row.push_str(if at == 1 { "" } else { ", " });
        w.spelling.write_placeholder(&mut row, at);
    }
    row.push(')');
    w.push(" VALUES ");
    w.push(&row);
    if !capability.one_by_one {
        w.sql.reserve((row.len() + 2).saturating_mul(rows.len()));
        for _ in 1..rows.len() {
            w.push(", ");
            w.push(&row);
        }
    }
    Ok(Some(Box::new(rows)))
}

fn write_row(w: &mut SqlWriter, fields: &[&'static FieldMeta], row: Vec<Value>) -> Result<()> {
    w.push(" VALUES (");
    w.params.reserve(fields.len());
    for (at, (mut value, field)) in row.into_iter().zip(fields).enumerate() {
        w.push(if at == 0 { "" } else { ", " });
        fit(&mut value, field)?;
        w.stored_value(value, Some(field))?;
    }
    w.push(")");
    Ok(())
}

/// `UNNEST(…)` of rows that were found to fit these fields.
pub(super) fn write_unnested(
    w: &mut SqlWriter,
    fields: &[&'static FieldMeta],
    rows: RowValues,
) -> Result<()> {
    w.push("UNNEST(");
    for (index, (field, series)) in fields.iter().zip(rows.into_series()).enumerate() {
        w.push(if index == 0 { "" } else { ", " });
        w.series(series, field)?;
    }
    w.push(")");
    Ok(())
}
