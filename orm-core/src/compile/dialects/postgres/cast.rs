//! Conversions on PostgreSQL, which reads more than a number in a text: it is refused what others would not read.

use super::math::{write_digits, write_double};
use crate::ast::{Cast, Expr};
use crate::compile::case::write_value;
use crate::compile::dialects::cast_pattern;
use crate::compile::function::math::is_integer;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::ValueKind;

pub(super) fn write(w: &mut SqlWriter, cast: &Cast) -> Result<()> {
    let expr = &cast.expr;
    let (from, to) = (expr.kind().unwrap_or(ValueKind::Text), cast.result.kind);
    if let Some((digits, places)) = cast.digits {
        w.push("CAST(");
        match from {
            ValueKind::F32 | ValueKind::F64 => write_digits(w, expr)?,
            ValueKind::Text => write_text(w, expr, to)?,
            _ => write_value(w, expr)?,
        }
        w.push(&format!(" AS numeric({digits}, {places}))"));
        return Ok(());
    }
    match (from, to) {
        (ValueKind::Bool, to) if is_integer(to) => wrapped(w, "CAST(CAST(", expr, " AS integer) AS bigint)"),
        (ValueKind::F32 | ValueKind::F64, to) if is_integer(to) => {
            // Of a double ROUND is half to even.
            w.push("CAST(ROUND(");
            write_digits(w, expr)?;
            w.push(") AS bigint)");
            Ok(())
        }
        (ValueKind::Text, to) if is_integer(to) => texted(w, expr, to, " AS bigint)"),
        (_, to) if is_integer(to) => wrapped(w, "CAST(", expr, " AS bigint)"),
        (ValueKind::Text, ValueKind::F64) => texted(w, expr, to, " AS double precision)"),
        (_, ValueKind::F64) => write_double(w, expr),
        (_, ValueKind::Decimal) => wrapped(w, "CAST(", expr, " AS numeric)"),
        (_, ValueKind::Bool) => wrapped(w, "(", expr, " <> 0)"),
        (ValueKind::Decimal, ValueKind::Text) if !matches!(expr, Expr::Column(_)) => {
            wrapped(w, "CAST(TRIM_SCALE(", expr, ") AS text)")
        }
        (ValueKind::Date, ValueKind::Text) => wrapped(w, "TO_CHAR(", expr, ", 'YYYY-MM-DD')"),
        (_, ValueKind::Text) => wrapped(w, "CAST(", expr, " AS text)"),
        (ValueKind::Text, ValueKind::Date) => texted(w, expr, to, " AS date)"),
        (ValueKind::Text, ValueKind::DateTime) => texted(w, expr, to, " AS timestamp)"),
        (ValueKind::Timestamp, ValueKind::Date) => {
            wrapped(w, "CAST((", expr, " AT TIME ZONE 'UTC') AS date)")
        }
        (_, ValueKind::Date) => wrapped(w, "CAST(", expr, " AS date)"),
        (_, ValueKind::DateTime) => wrapped(w, "CAST(", expr, " AS timestamp)"),
        (from, to) => Err(Error::unsupported(format!("{} as {}", from.name(), to.name()), "PostgreSQL")),
    }
}

fn wrapped(w: &mut SqlWriter, before: &str, expr: &Expr, after: &str) -> Result<()> {
    w.push(before);
    write_value(w, expr)?;
    w.push(after);
    Ok(())
}

fn texted(w: &mut SqlWriter, expr: &Expr, to: ValueKind, after: &str) -> Result<()> {
    w.push("CAST(");
    write_text(w, expr, to)?;
    w.push(after);
    Ok(())
}

/// The text where it has the form, else one that surely has not.
fn write_text(w: &mut SqlWriter, expr: &Expr, to: ValueKind) -> Result<()> {
    w.push("CASE WHEN ");
    write_value(w, expr)?;
    w.push(" ~ '^");
    w.push(cast_pattern(to));
    w.push("$' THEN ");
    write_value(w, expr)?;
    w.push(" ELSE 'not: ' || ");
    write_value(w, expr)?;
    w.push(" END");
    Ok(())
}
