//! UPDATE and DELETE in standard SQL.

use super::dialect::Dialect;
use super::fit::fitted;
use super::kept::kept;
use super::select::{rules, write_order, write_select, write_selected, write_where};
use super::sql::{Access, CompiledSql, Operation};
use super::writer::SqlWriter;
use crate::ast::{ArithmeticOp, Assignment, Delete, Expr, FieldRef, Node, Select, Update};
use crate::error::{Error, Result};
use crate::lower::{Returned, Rows, assignments_in_order, lower_assignments, returned_of, rows_of};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{Value, ValueKind};

/// Lowers and compiles an UPDATE.
///
/// # Errors
/// An expression is invalid, a value does not fit its field, or two columns are swapped where assignments take place one
/// after another.
pub fn compile_update(update: Update, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    kept(update, dialect, operation, |update, dialect, operation| {
        write_update(update, None, dialect, operation)
    })
}

/// As [`compile_update`], and the statement gives back what the SELECT of its rows reads, as it is afterwards. `None` when
/// the database cannot do that in one statement.
///
/// # Errors
/// As [`compile_update`]; or what is read is not about single rows.
pub fn compile_update_returning(
    update: Update,
    dialect: Dialect,
    operation: Operation,
) -> Result<Option<CompiledSql>> {
    let returned = returned_of(update.model, &update.rows, rules(dialect))?;
    match returned.filter(|_| dialect.capability().update_returning) {
        Some(returned) => write_update(update, Some(&returned), dialect, operation).map(Some),
        None => Ok(None),
    }
}

fn write_update(
    update: Update,
    returned: Option<&Returned>,
    dialect: Dialect,
    operation: Operation,
) -> Result<CompiledSql> {
    let Update { model, mut assignments, rows } = update;
    set_once(&assignments.iter().map(|set| set.field).collect::<Vec<_>>())?;
    assignments.extend(counted_up(model));
    let several = lower_assignments(model, &mut assignments, rules(dialect))?;
    if !dialect.capability().subquery_on_target && assignments.iter().any(|set| set.value.reads(model)) {
        return Err(Error::unsupported(
            format!("setting a field of {} from a subquery on the same table", model.name),
            dialect.name(),
        ));
    }
    let rows = rows_of(model, rows, rules(dialect))?;
    let mut w = SqlWriter::new(dialect.spelling());
    w.push("UPDATE ");
    w.name(model.table);
    w.push(" SET ");
    let root = (several || rows.qualified).then_some(model);
    w.scoped(root, |w| {
        if dialect.capability().simultaneous_assignment || assignments.len() == 1 {
            write_assignments(w, &assignments)?;
        } else {
            let ordered = assignments_in_order(&assignments).ok_or_else(|| {
                Error::unsupported("assigning columns to each other in one update", dialect.name())
            })?;
            write_assignments(w, ordered)?;
        }
        write_rows(w, model, &rows)?;
        write_returned(w, model, returned)
    })?;
    Ok(w.finish(Access::Write, operation))
}

/// RETURNING, if anything is given back.
fn write_returned(w: &mut SqlWriter, model: &'static ModelMeta, returned: Option<&Returned>) -> Result<()> {
    let Some(Returned { fields, exprs }) = returned else { return Ok(()) };
    w.push(" RETURNING ");
    if fields.len() == model.fields.len() {
        w.columns(model);
    } else {
        for (index, field) in fields.iter().enumerate() {
            w.push(if index == 0 { "" } else { ", " });
            w.name(field.column);
        }
    }
    for (index, expr) in exprs.iter().enumerate() {
        w.push(if index == 0 && fields.is_empty() { "" } else { ", " });
        write_selected(w, expr, None)?;
    }
    Ok(())
}

/// `a = …, b = …`
pub(super) fn write_assignments<'a>(
    w: &mut SqlWriter,
    assignments: impl IntoIterator<Item = &'a Assignment>,
) -> Result<()> {
    for (index, assignment) in assignments.into_iter().enumerate() {
        w.push(if index == 0 { "" } else { ", " });
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

/// What each change of a row does to its version.
pub(super) fn counted_up(model: &'static ModelMeta) -> Option<Assignment> {
    let field = model.version()?;
    let one = if field.kind == ValueKind::I32 { Value::I32(1) } else { Value::I64(1) };
    let version = Node::leaf(Expr::Field(FieldRef { path: None, field }));
    let value = version.arithmetic(ArithmeticOp::Add, Node::leaf(Expr::Value(one))).expr;
    Some(Assignment { field, value })
}

/// PostgreSQL refuses a field that is set twice, the others take the last value.
pub(super) fn set_once(fields: &[&'static FieldMeta]) -> Result<()> {
    for (at, field) in fields.iter().enumerate() {
        if field.is_computed() {
            return Err(Error::InvalidQuery(
                format!(
                    "`{}.{}` is calculated by the database, so it cannot be set",
                    field.model, field.name
                )
                .into(),
            ));
        }
        if field.is_version() {
            return Err(Error::InvalidQuery(
                format!(
                    "`{}.{}` is counted by each change of the row, so it cannot be set",
                    field.model, field.name
                )
                .into(),
            ));
        }
        if fields.iter().take(at).any(|earlier| earlier == field) {
            return Err(Error::InvalidQuery(
                format!("`{}.{}` is set twice in one update", field.model, field.name).into(),
            ));
        }
    }
    Ok(())
}

/// Lowers and compiles a DELETE.
///
/// # Errors
/// An expression is invalid, or a value cannot be bound.
pub fn compile_delete(delete: Delete, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    kept(delete, dialect, operation, |delete, dialect, operation| {
        write_delete(delete, None, dialect, operation)
    })
}

/// As [`compile_delete`], and the statement gives back what the SELECT of its rows reads. `None` when the database cannot do
/// that in one statement.
///
/// # Errors
/// As [`compile_delete`]; or what is read is not about single rows.
pub fn compile_delete_returning(
    delete: Delete,
    dialect: Dialect,
    operation: Operation,
) -> Result<Option<CompiledSql>> {
    let returned = returned_of(delete.model, &delete.rows, rules(dialect))?;
    match returned.filter(|_| dialect.capability().delete_returning) {
        Some(returned) => write_delete(delete, Some(&returned), dialect, operation).map(Some),
        None => Ok(None),
    }
}

fn write_delete(
    delete: Delete,
    returned: Option<&Returned>,
    dialect: Dialect,
    operation: Operation,
) -> Result<CompiledSql> {
    let model = delete.model;
    let rows = rows_of(model, delete.rows, rules(dialect))?;
    let mut w = SqlWriter::new(dialect.spelling());
    w.push("DELETE FROM ");
    w.name(model.table);
    w.scoped(rows.qualified.then_some(model), |w| {
        write_rows(w, model, &rows)?;
        write_returned(w, model, returned)
    })?;
    Ok(w.finish(Access::Write, operation))
}

fn write_rows(w: &mut SqlWriter, model: &'static ModelMeta, rows: &Rows) -> Result<()> {
    let Some(keys) = rows.keys.as_deref() else {
        write_where(w, &rows.filter)?;
        write_order(w, &rows.order_by)?;
        if rows.limit.is_some() {
            w.spelling.write_limit(w, rows.limit, None);
        }
        return Ok(());
    };
    w.push(" WHERE ");
    write_among(w, model, keys)
}

/// The key is among those that a SELECT gives.
pub(super) fn write_among(w: &mut SqlWriter, model: &'static ModelMeta, keys: &Select) -> Result<()> {
    let composite = model.primary_key.len() > 1;
    write_key(w, model, if composite { "(" } else { "" });
    w.push(if composite { ") IN (" } else { " IN (" });
    if w.spelling.capability().subquery_on_target {
        write_select(w, keys)?;
    } else {
        // A derived table hides from the server that the subquery reads the table being changed. Its columns must be found
        // in it: a name that it does not have would be the column of the row itself, and every row would match.
        if keys.named {
            for at in 0..model.primary_key.len() {
                w.push(if at == 0 { "SELECT " } else { ", " });
                w.selected(at);
            }
        } else {
            write_key(w, model, "SELECT ");
        }
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
