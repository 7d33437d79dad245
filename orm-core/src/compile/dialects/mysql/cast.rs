//! Conversions on MySQL and MariaDB, which would rather give a wrong number than an error: it is made one.

use super::math::{write_digits, write_double};
use crate::ast::{Cast, Expr};
use crate::compile::case::write_value;
use crate::compile::dialect::Dialect;
use crate::compile::dialects::cast_pattern;
use crate::compile::function::math::is_integer;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::ValueKind;

pub(super) fn write(w: &mut SqlWriter, cast: &Cast, dialect: Dialect) -> Result<()> {
    let expr = &cast.expr;
    let (from, to) = (expr.kind().unwrap_or(ValueKind::Text), cast.result.kind);
    if let Some((digits, places)) = cast.digits {
        return write_decimal(w, expr, from, digits, places);
    }
    match (from, to) {
        (ValueKind::Text, to) if is_integer(to) => {
            // DIV is an error where CAST would take the greatest integer.
            w.push("(CAST(");
            write_text(w, expr, to, None)?;
            w.push(" AS DECIMAL(65, 0)) DIV 1)");
            Ok(())
        }
        (ValueKind::F32 | ValueKind::F64, to) if is_integer(to) => {
            w.push("(ROUND(");
            write_digits(w, expr)?;
            w.push(") DIV 1)");
            Ok(())
        }
        (ValueKind::Decimal, to) if is_integer(to) => wrapped(w, "(ROUND(", expr, ") DIV 1)"),
        // CAST would give what is too large another value.
        (ValueKind::U64, to) if is_integer(to) => wrapped(w, "(CAST(", expr, " AS DECIMAL(20, 0)) DIV 1)"),
        (_, to) if is_integer(to) => wrapped(w, "CAST(", expr, " AS SIGNED)"),
        (ValueKind::Text, ValueKind::F64) => {
            w.push("CAST(");
            write_text(w, expr, to, Some(("ABS(", " + 0e0) < 1.7976931348623157e308")))?;
            w.push(" AS DOUBLE)");
            Ok(())
        }
        (_, ValueKind::F64) => write_double(w, expr),
        (ValueKind::Decimal, ValueKind::Decimal) => write_value(w, expr),
        (_, ValueKind::Decimal) => wrapped(w, "CAST(", expr, " AS DECIMAL(20, 0))"),
        (_, ValueKind::Bool) => wrapped(w, "(", expr, " <> 0)"),
        (ValueKind::Date, ValueKind::Text) => {
            wrapped(w, "CAST(DATE_FORMAT(", expr, ", '%Y-%m-%d') AS CHAR)")?;
            collate(w, dialect);
            Ok(())
        }
        (ValueKind::Decimal, ValueKind::Text) if !matches!(expr, Expr::Column(_)) => {
            // With a point in any case, so that only zeros behind it are taken away.
            let before = "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(";
            wrapped(w, before, expr, " AS DECIMAL(65, 30)) AS CHAR)))")?;
            collate(w, dialect);
            Ok(())
        }
        (_, ValueKind::Text) => {
            wrapped(w, "CAST(", expr, " AS CHAR)")?;
            collate(w, dialect);
            Ok(())
        }
        (ValueKind::Text, ValueKind::Date) => {
            w.push("CAST(");
            write_text(w, expr, to, Some(("CAST(", " AS DATE) IS NOT NULL")))?;
            w.push(" AS DATE)");
            Ok(())
        }
        (ValueKind::Text, ValueKind::DateTime) => {
            w.push("CAST(");
            write_text(w, expr, to, Some(("CAST(", " AS DATETIME(6)) IS NOT NULL")))?;
            w.push(" AS DATETIME(6))");
            Ok(())
        }
        (_, ValueKind::Date) => wrapped(w, "CAST(", expr, " AS DATE)"),
        (_, ValueKind::DateTime) => wrapped(w, "CAST(", expr, " AS DATETIME(6))"),
        (from, to) => Err(Error::unsupported(format!("{} as {}", from.name(), to.name()), dialect.name())),
    }
}

fn collate(w: &mut SqlWriter, dialect: Dialect) {
    w.push(match dialect {
        Dialect::MariaDb => " COLLATE utf8mb4_nopad_bin",
        _ => " COLLATE utf8mb4_0900_bin",
    });
}

fn wrapped(w: &mut SqlWriter, before: &str, expr: &Expr, after: &str) -> Result<()> {
    w.push(before);
    write_value(w, expr)?;
    w.push(after);
    Ok(())
}

/// The text where it has the form and is in the range, else an error.
fn write_text(w: &mut SqlWriter, expr: &Expr, to: ValueKind, range: Option<(&str, &str)>) -> Result<()> {
    // The mark at the end is there because `$` also stands before a last line break.
    wrapped(w, "CASE WHEN CONCAT(", expr, ", '!') REGEXP '^")?;
    w.push(cast_pattern(to));
    w.push("[!]$'");
    if let Some((before, after)) = range {
        w.push(" AND ");
        wrapped(w, before, expr, after)?;
    }
    wrapped(w, " THEN ", expr, " ELSE ")?;
    write_error(w, expr)?;
    w.push(" END");
    Ok(())
}

/// An error when it is computed, and NULL for NULL: the greatest integer and more. Not a constant, which would be computed
/// beforehand.
fn write_error(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    wrapped(w, "LENGTH(", expr, ") + 1 + 9223372036854775807")
}

/// CAST would take the greatest number where it is too large.
fn write_decimal(w: &mut SqlWriter, expr: &Expr, from: ValueKind, digits: u32, places: u32) -> Result<()> {
    let exact = |w: &mut SqlWriter| match from {
        ValueKind::F32 | ValueKind::F64 => write_digits(w, expr),
        ValueKind::Text => {
            w.push("CAST(");
            write_text(w, expr, ValueKind::Decimal, None)?;
            w.push(" AS DECIMAL(65, 30))");
            Ok(())
        }
        _ => wrapped(w, "CAST(", expr, " AS DECIMAL(65, 30))"),
    };
    w.push("CAST(CASE WHEN ABS(ROUND(");
    exact(w)?;
    w.push(&format!(", {places})) < 1"));
    for _ in places..digits {
        w.push("0");
    }
    w.push(" THEN ROUND(");
    exact(w)?;
    w.push(&format!(", {places}) ELSE "));
    write_error(w, expr)?;
    w.push(&format!(" END AS DECIMAL({digits}, {places}))"));
    Ok(())
}
