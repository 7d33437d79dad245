//! Mathematics on PostgreSQL.

use crate::ast::{Expr, FunctionCall, MathFunction};
use crate::compile::case::write_value;
use crate::compile::function::math::{is_integer, write_standard};
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

pub(super) fn write(w: &mut SqlWriter, function: MathFunction, call: &FunctionCall) -> Result<()> {
    let kind = call.result.kind;
    match (function, call.args.as_slice()) {
        // Of a bigint it gives a double; of fewer bits it cannot hold the greatest result.
        (MathFunction::Sign, [_]) if is_integer(kind) => {
            w.push("CAST(");
            write_standard(w, function, call)?;
            w.push(" AS bigint)");
            Ok(())
        }
        (MathFunction::Abs, [number]) if matches!(kind, ValueKind::I16 | ValueKind::I32) => {
            w.push("ABS(CAST(");
            write_value(w, number)?;
            w.push(" AS bigint))");
            Ok(())
        }
        (MathFunction::Round(places), [number]) if is_integer(kind) => {
            w.push("CAST(ROUND(CAST(");
            write_value(w, number)?;
            w.push(&format!(" AS numeric), {places}) AS bigint)"));
            Ok(())
        }
        (MathFunction::Round(places), [number]) if kind == ValueKind::F64 => {
            // There is no function for it, and a cast to a numeric would keep 15 digits.
            w.push("CAST(ROUND(");
            write_digits(w, number)?;
            w.push(&format!(", {places}) AS double precision)"));
            Ok(())
        }
        _ => write_standard(w, function, call),
    }
}

/// A float as the decimal that its shortest digits say.
pub(super) fn write_digits(w: &mut SqlWriter, number: &Expr) -> Result<()> {
    w.push("CAST(CAST(");
    write_double(w, number)?;
    w.push(" AS text) AS numeric)");
    Ok(())
}

pub(super) fn write_double(w: &mut SqlWriter, number: &Expr) -> Result<()> {
    if number.kind() == Some(ValueKind::F64) {
        return write_value(w, number);
    }
    w.push("CAST(");
    write_value(w, number)?;
    w.push(" AS double precision)");
    Ok(())
}
