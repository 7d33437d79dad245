//! Mathematics in standard SQL: in double precision, and NULL where a function is not defined.

use crate::ast::{Expr, FunctionCall, MathFunction};
use crate::compile::case::write_value;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::ValueKind;

/// A function of mathematics.
pub(crate) fn write(w: &mut SqlWriter, function: MathFunction, call: &FunctionCall) -> Result<()> {
    if takes_integers(function, call) {
        return match call.args.as_slice() {
            // An integer is its own floor.
            [number] => write_value(w, number),
            _ => Err(mistaken(function)),
        };
    }
    w.spelling.write_math(w, function, call)
}

fn takes_integers(function: MathFunction, call: &FunctionCall) -> bool {
    let whole = match function {
        MathFunction::Ceil | MathFunction::Floor => true,
        MathFunction::Round(places) => places >= 0,
        _ => false,
    };
    whole && is_integer(call.result.kind)
}

pub(crate) fn is_integer(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::U32 | ValueKind::U64)
}

/// As most servers spell it.
pub(crate) fn write_standard(w: &mut SqlWriter, function: MathFunction, call: &FunctionCall) -> Result<()> {
    match (function, call.args.as_slice()) {
        (MathFunction::Abs | MathFunction::Ceil | MathFunction::Floor | MathFunction::Sign, [number]) => {
            w.push(match function {
                MathFunction::Abs => "ABS(",
                MathFunction::Ceil => "CEIL(",
                MathFunction::Floor => "FLOOR(",
                _ => "SIGN(",
            });
            write_exact(w, call.result.kind, number)?;
            w.push(")");
        }
        (MathFunction::Round(places), [number]) => {
            w.push("ROUND(");
            write_value(w, number)?;
            w.push(&format!(", {places})"));
        }
        (MathFunction::Sqrt, [number]) => write_guarded(w, "SQRT(", number, " >= 0")?,
        (MathFunction::Ln, [number]) => write_guarded(w, "LN(", number, " > 0")?,
        (MathFunction::Acos, [number]) => write_guarded(w, "ACOS(", number, " BETWEEN -1 AND 1")?,
        (MathFunction::Asin, [number]) => write_guarded(w, "ASIN(", number, " BETWEEN -1 AND 1")?,
        (MathFunction::Log, [number, base]) => {
            write_guarded(w, "(LN(", number, " > 0")?;
            w.push(" / NULLIF(");
            write_guarded(w, "LN(", base, " > 0")?;
            w.push(", 0))");
        }
        (MathFunction::Power, [base, exponent]) => write_power(w, base, exponent)?,
        (MathFunction::Exp, [number]) => {
            // Some take a result that is nearly zero for an error.
            w.push("CASE WHEN ");
            w.spelling.write_double(w, number)?;
            w.push(" < -745 THEN 0 ELSE EXP(");
            w.spelling.write_double(w, number)?;
            w.push(") END");
        }
        (MathFunction::Cot, [number]) => {
            w.push("(1 / NULLIF(TAN(");
            w.spelling.write_double(w, number)?;
            w.push("), 0))");
        }
        (MathFunction::Random, []) => w.spelling.write_random(w),
        (MathFunction::Pi, []) => w.push("PI()"),
        (MathFunction::Atan, [number]) => write_plain(w, "ATAN(", number)?,
        (MathFunction::Cos, [number]) => write_plain(w, "COS(", number)?,
        (MathFunction::Sin, [number]) => write_plain(w, "SIN(", number)?,
        (MathFunction::Tan, [number]) => write_plain(w, "TAN(", number)?,
        (MathFunction::Degrees, [number]) => write_plain(w, "DEGREES(", number)?,
        (MathFunction::Radians, [number]) => write_plain(w, "RADIANS(", number)?,
        (MathFunction::Atan2, [y, x]) => {
            w.push("ATAN2(");
            w.spelling.write_double(w, y)?;
            w.push(", ");
            w.spelling.write_double(w, x)?;
            w.push(")");
        }
        (function, _) => return Err(mistaken(function)),
    }
    Ok(())
}

/// A number of the kind that the function gives: of single precision, one of double.
fn write_exact(w: &mut SqlWriter, kind: ValueKind, number: &Expr) -> Result<()> {
    if kind == ValueKind::F64 { w.spelling.write_double(w, number) } else { write_value(w, number) }
}

fn write_plain(w: &mut SqlWriter, name: &str, number: &Expr) -> Result<()> {
    w.push(name);
    w.spelling.write_double(w, number)?;
    w.push(")");
    Ok(())
}

/// `NAME(CASE WHEN number … THEN number END)`: outside of its domain it gets NULL.
fn write_guarded(w: &mut SqlWriter, name: &str, number: &Expr, domain: &str) -> Result<()> {
    w.push(name);
    w.push("CASE WHEN ");
    w.spelling.write_double(w, number)?;
    w.push(domain);
    w.push(" THEN ");
    w.spelling.write_double(w, number)?;
    w.push(" END)");
    Ok(())
}

fn write_power(w: &mut SqlWriter, base: &Expr, exponent: &Expr) -> Result<()> {
    w.push("CASE WHEN (");
    w.spelling.write_double(w, base)?;
    w.push(" = 0 AND ");
    w.spelling.write_double(w, exponent)?;
    w.push(" < 0) OR (");
    w.spelling.write_double(w, base)?;
    w.push(" < 0 AND ");
    w.spelling.write_double(w, exponent)?;
    w.push(" <> FLOOR(");
    w.spelling.write_double(w, exponent)?;
    w.push(")) THEN NULL ELSE POWER(");
    w.spelling.write_double(w, base)?;
    w.push(", ");
    w.spelling.write_double(w, exponent)?;
    w.push(") END");
    Ok(())
}

#[cold]
pub(crate) fn mistaken(function: MathFunction) -> Error {
    Error::InvalidQuery(format!("`{}` has another number of arguments", function.name()).into())
}
