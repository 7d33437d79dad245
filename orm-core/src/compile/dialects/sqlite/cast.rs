//! Conversions on SQLite, whose CAST reads as much of a text as is a number: the driver's functions read all of it.

use super::arithmetic::write_guarded;
use crate::ast::{Cast, Expr};
use crate::compile::function::math::is_integer;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::ValueKind;

pub(super) fn write(w: &mut SqlWriter, cast: &Cast) -> Result<()> {
    let expr = &cast.expr;
    let (from, to) = (expr.kind().unwrap_or(ValueKind::Text), cast.result.kind);
    if let Some((digits, places)) = cast.digits {
        return wrapped(w, "orm_to_dec(", expr, &format!(", {digits}, {places})"));
    }
    match (from, to) {
        (ValueKind::Text, to) if is_integer(to) => wrapped(w, "orm_text_to_int(", expr, ")"),
        (from, to) if is_integer(to) && is_integer(from) => wrapped(w, "+", expr, ""),
        (ValueKind::Bool, to) if is_integer(to) => wrapped(w, "CAST(", expr, " AS INTEGER)"),
        (_, to) if is_integer(to) => wrapped(w, "orm_to_int(", expr, ")"),
        (_, ValueKind::F64) => wrapped(w, "orm_to_float(", expr, ")"),
        (_, ValueKind::Decimal) => wrapped(w, "orm_to_dec(", expr, ")"),
        (_, ValueKind::Bool) => wrapped(w, "(", expr, " <> 0)"),
        (ValueKind::Decimal, ValueKind::Text) if !matches!(expr, Expr::Column(_)) => {
            wrapped(w, "orm_dec_text(", expr, ")")
        }
        // A CAST keeps the collation of its column.
        (ValueKind::Decimal, ValueKind::Text) => wrapped(w, "CAST(", expr, " AS TEXT) COLLATE BINARY"),
        (_, ValueKind::Text) => wrapped(w, "CAST(", expr, " AS TEXT)"),
        (ValueKind::Text, ValueKind::Date) => wrapped(w, "orm_to_date(", expr, ")"),
        (ValueKind::Text, ValueKind::DateTime) => wrapped(w, "orm_to_datetime(", expr, ")"),
        (_, ValueKind::Date) => wrapped(w, "SUBSTR(", expr, ", 1, 10)"),
        (ValueKind::Date, ValueKind::DateTime) => wrapped(w, "(", expr, " || ' 00:00:00')"),
        (from, to) => Err(Error::unsupported(format!("{} as {}", from.name(), to.name()), "SQLite")),
    }
}

fn wrapped(w: &mut SqlWriter, before: &str, expr: &Expr, after: &str) -> Result<()> {
    w.push(before);
    write_guarded(w, expr)?;
    w.push(after);
    Ok(())
}
