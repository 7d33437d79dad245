//! Check constraints asked of values that are not in a table yet.

use super::dialect::Dialect;
use super::sql::{Access, CompiledSql, Operation};
use super::writer::SqlWriter;
use crate::ast::{Check, Expr};
use crate::error::Result;
use crate::schema::ModelMeta;
use crate::value::Value;

/// A SELECT that gives 0 for each check that the values violate, and otherwise 1; with these checks. A check
/// that reads a field whose value is not known is left out; none when all are.
///
/// # Errors
/// A check cannot be written for this database.
pub fn compile_check_values(
    model: &'static ModelMeta,
    checks: Vec<Check>,
    values: &[Option<Value>],
    dialect: Dialect,
    operation: Operation,
) -> Result<Option<(CompiledSql, Vec<Check>)>> {
    let mut w = SqlWriter::new(dialect.spelling());
    let mut asked = Vec::new();
    for mut check in checks {
        if with_values(&mut check.condition, model, values).is_err() {
            continue;
        }
        // NULL is no violation.
        w.push(if asked.is_empty() { "SELECT CASE WHEN NOT (" } else { ", CASE WHEN NOT (" });
        w.expr(&check.condition)?;
        w.push(") THEN 0 ELSE 1 END");
        asked.push(check);
    }
    Ok((!asked.is_empty()).then(|| (w.finish(Access::Read, operation), asked)))
}

/// A value is not known.
struct Unknown;

/// Puts the values in the places of the fields.
fn with_values(expr: &mut Expr, model: &'static ModelMeta, values: &[Option<Value>]) -> Result<(), Unknown> {
    if let Expr::Field(field) = expr {
        let at = model.fields.iter().position(|own| own == field.field).ok_or(Unknown)?;
        let value = values.get(at).cloned().flatten().ok_or(Unknown)?;
        *expr = Expr::Value(value);
        return Ok(());
    }
    expr.try_for_each_operand(&mut |operand| with_values(operand, model, values))
}
