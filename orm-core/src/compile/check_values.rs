//! Check constraints asked of values that are not in a table yet.

use super::dialect::Dialect;
use super::sql::{Access, CompiledSql, Operation};
use super::writer::SqlWriter;
use crate::ast::{Check, Expr};
use crate::error::Result;
use crate::schema::ModelMeta;
use crate::value::Value;

/// What an unknown condition, one that is NULL, counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// It holds: a check constraint.
    Holds,
    /// It does not hold: which rows a unique constraint is about.
    Fails,
}

/// A SELECT that gives 0 for each check that the values do not meet, and otherwise 1; with these checks. A check
/// that reads a field whose value is not known is left out; none when all are.
///
/// # Errors
/// A check cannot be written for this database.
pub fn compile_check_values(
    model: &'static ModelMeta,
    checks: Vec<Check>,
    values: &[Option<Value>],
    unknown: Unknown,
    dialect: Dialect,
    operation: Operation,
) -> Result<Option<(CompiledSql, Vec<Check>)>> {
    let mut w = SqlWriter::new(dialect.spelling());
    let mut asked = Vec::new();
    for mut check in checks {
        if with_values(&mut check.condition, model, values).is_err() {
            continue;
        }
        w.push(if asked.is_empty() { "SELECT CASE WHEN " } else { ", CASE WHEN " });
        let (before, behind) = match unknown {
            Unknown::Holds => ("NOT (", ") THEN 0 ELSE 1 END"),
            Unknown::Fails => ("(", ") THEN 1 ELSE 0 END"),
        };
        w.push(before);
        w.expr(&check.condition)?;
        w.push(behind);
        asked.push(check);
    }
    Ok((!asked.is_empty()).then(|| (w.finish(Access::Read, operation), asked)))
}

/// A value is not known.
struct NotGiven;

/// Puts the values in the places of the fields.
fn with_values(expr: &mut Expr, model: &'static ModelMeta, values: &[Option<Value>]) -> Result<(), NotGiven> {
    if let Expr::Field(field) = expr {
        let at = model.position(field.field).ok_or(NotGiven)?;
        let value = values.get(at).cloned().flatten().ok_or(NotGiven)?;
        *expr = Expr::Value(value);
        return Ok(());
    }
    expr.try_for_each_operand(&mut |operand| with_values(operand, model, values))
}
