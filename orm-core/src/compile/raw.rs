//! SQL of the user's own, with its values bound.

use super::dialect::Dialect;
use super::expr::write_expr;
use super::sql::{Access, CompiledSql, Operation};
use super::writer::SqlWriter;
use crate::ast::{Expr, RawPart, RawSql};
use crate::error::{Error, FieldError, Result};

/// A statement of the user's own.
///
/// # Errors
/// A value cannot be bound.
pub fn compile_raw(
    parts: &[RawPart],
    dialect: Dialect,
    access: Access,
    operation: Operation,
) -> Result<CompiledSql> {
    let mut w = SqlWriter::new(dialect.spelling());
    for part in parts {
        match part {
            RawPart::Sql(sql) => w.push(sql),
            RawPart::EmptyList(kind) => w.spelling.write_empty_list(&mut w, *kind),
            // The server finds out the type from where the value stands, so there is no cast as in an expression.
            RawPart::Expr(Expr::Value(value)) => w.value(value, None)?,
            RawPart::Expr(Expr::Invalid(error)) => return Err(FieldError::clone(error).into()),
            RawPart::Expr(_) => {
                return Err(Error::InvalidQuery("a statement of raw SQL takes only values".into()));
            }
        }
    }
    Ok(w.finish(access, operation))
}

/// SQL of the user's own in an expression: in parentheses, so that it is one operand whatever stands in it.
pub(super) fn write_raw(w: &mut SqlWriter, raw: &RawSql) -> Result<()> {
    w.push("(");
    for part in &raw.parts {
        match part {
            RawPart::Sql(sql) => w.push(sql),
            RawPart::EmptyList(kind) => w.spelling.write_empty_list(w, *kind),
            RawPart::Expr(expr) => write_within(w, expr)?,
        }
    }
    w.push(")");
    Ok(())
}

/// An expression between the user's own text: one operand, whatever stands beside it there.
pub(super) fn write_within(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    match expr {
        Expr::Column(_)
        | Expr::Derived(_)
        | Expr::Selected(_)
        | Expr::Value(_)
        | Expr::Function(_)
        | Expr::Cast(_)
        | Expr::Aggregate(_)
        | Expr::Raw(_)
        | Expr::Subquery(_) => write_expr(w, expr),
        expr => {
            w.push("(");
            write_expr(w, expr)?;
            w.push(")");
            Ok(())
        }
    }
}
