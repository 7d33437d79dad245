//! CASE and CAST in standard SQL.

use super::expr::write_expr;
use super::writer::SqlWriter;
use crate::ast::{Case, Cast, Expr};
use crate::error::Result;

/// CASE; the values get their type, which nothing else would tell the server.
pub(crate) fn write_case(w: &mut SqlWriter, case: &Case) -> Result<()> {
    w.push("CASE");
    for (when, then) in &case.branches {
        w.push(" WHEN ");
        write_expr(w, when)?;
        w.push(" THEN ");
        write_value(w, then)?;
    }
    if let Some(otherwise) = &case.otherwise {
        w.push(" ELSE ");
        write_value(w, otherwise)?;
    }
    w.push(" END");
    Ok(())
}

/// CAST.
pub(crate) fn write_cast(w: &mut SqlWriter, cast: &Cast) -> Result<()> {
    w.spelling.write_cast(w, cast)
}

/// An expression whose type nothing beside it tells; a condition becomes a boolean value.
pub(crate) fn write_value(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    match expr {
        Expr::Value(value) => w.value_alone(value),
        expr => write_expr(w, expr),
    }
}
