//! Mathematics on MySQL and MariaDB.

use crate::ast::{Expr, FunctionCall, MathFunction};
use crate::compile::case::write_value;
use crate::compile::function::math::write_standard;
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

pub(super) fn write(w: &mut SqlWriter, function: MathFunction, call: &FunctionCall) -> Result<()> {
    let kind = call.result.kind;
    match (function, call.args.as_slice()) {
        (MathFunction::Round(places), [number]) if kind == ValueKind::F64 => {
            // ROUND of a double is half to even on some machines. A decimal holds what has a fraction.
            w.push("CASE WHEN ABS(");
            write_double(w, number)?;
            w.push(") < 1e28 THEN CAST(ROUND(");
            write_digits(w, number)?;
            w.push(&format!(", {places}) AS DOUBLE) ELSE "));
            write_double(w, number)?;
            w.push(" END");
            Ok(())
        }
        // It is an integer of every type.
        (MathFunction::Sign, [_]) if kind == ValueKind::F64 => {
            w.push("CAST(");
            write_standard(w, function, call)?;
            w.push(" AS DOUBLE)");
            Ok(())
        }
        _ => write_standard(w, function, call),
    }
}

/// A float as the decimal that its shortest digits say.
pub(super) fn write_digits(w: &mut SqlWriter, number: &Expr) -> Result<()> {
    w.push("CAST(");
    write_double(w, number)?;
    w.push(" AS DECIMAL(65, 30))");
    Ok(())
}

pub(super) fn write_double(w: &mut SqlWriter, number: &Expr) -> Result<()> {
    if number.kind() == Some(ValueKind::F64) {
        return write_value(w, number);
    }
    w.push("CAST(");
    write_value(w, number)?;
    w.push(" AS DOUBLE)");
    Ok(())
}
