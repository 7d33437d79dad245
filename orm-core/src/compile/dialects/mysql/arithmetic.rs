//! Arithmetic on MySQL and MariaDB.

use crate::ast::{Arithmetic, ArithmeticOp, Expr, WindowCall};
use crate::compile::arithmetic::{is_calculated, kind_of, overflows_places, write_places};
use crate::compile::expr::{infix_of, write_infix, write_number};
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

/// Bits are unsigned here and come back as the signed numbers that they are elsewhere.
pub(super) fn write(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    if let Some(kind) = arithmetic.left.kind().filter(|kind| kind.is_temporal()) {
        return super::temporal::write_arithmetic(w, arithmetic, kind);
    }
    let kind = kind_of(arithmetic);
    let decimal = kind == Some(ValueKind::Decimal);
    match arithmetic.op {
        ArithmeticOp::Divide if decimal => {
            // The quotient has four places more than the left side; thirty is the most there is.
            w.push("ROUND(CAST(");
            write_number(w, &arithmetic.left, &arithmetic.right)?;
            w.push(" AS DECIMAL(65, 30)) / NULLIF(");
            write_number(w, &arithmetic.right, &arithmetic.left)?;
            w.push(", 0), 16)");
            Ok(())
        }
        ArithmeticOp::Multiply if decimal && overflows_places(arithmetic) => {
            w.push("ROUND(");
            write_infix(w, arithmetic, "*")?;
            w.push(", 28)");
            Ok(())
        }
        ArithmeticOp::Divide | ArithmeticOp::Modulo => {
            let single = kind == Some(ValueKind::F32);
            w.push(if single { "CAST(" } else { "" });
            write_side(w, arithmetic, true, kind)?;
            w.push(match (arithmetic.op, kind) {
                (ArithmeticOp::Modulo, _) => " % ",
                (_, Some(ValueKind::F32 | ValueKind::F64)) => " / ",
                _ => " DIV ",
            });
            // Where it is written to a table, a division by zero is an error.
            w.push("NULLIF(");
            write_side(w, arithmetic, false, kind)?;
            w.push(", 0)");
            w.push(if single { " AS FLOAT)" } else { "" });
            Ok(())
        }
        ArithmeticOp::BitAnd | ArithmeticOp::BitOr | ArithmeticOp::BitXor => {
            w.push("CAST(");
            write_infix(w, arithmetic, infix_of(arithmetic.op))?;
            w.push(" AS SIGNED)");
            Ok(())
        }
        ArithmeticOp::ShiftLeft => {
            w.push("CAST(");
            write_number(w, &arithmetic.left, &arithmetic.right)?;
            w.push(" << ");
            write_places(w, arithmetic)?;
            w.push(" AS SIGNED)");
            Ok(())
        }
        ArithmeticOp::ShiftRight => write_shift_right(w, arithmetic),
        op @ (ArithmeticOp::Add | ArithmeticOp::Subtract | ArithmeticOp::Multiply) => {
            let single = kind == Some(ValueKind::F32);
            w.push(if single { "CAST(" } else { "" });
            write_side(w, arithmetic, true, kind)?;
            w.push(" ");
            w.push(infix_of(op));
            w.push(" ");
            write_side(w, arithmetic, false, kind)?;
            w.push(if single { " AS FLOAT)" } else { "" });
            Ok(())
        }
    }
}

/// One side. Of unsigned numbers the difference would have to be one, too: they are calculated with as signed ones, those
/// of 64 bits as decimals, which hold all of them.
fn write_side(w: &mut SqlWriter, arithmetic: &Arithmetic, left: bool, kind: Option<ValueKind>) -> Result<()> {
    let (side, other) =
        if left { (&arithmetic.left, &arithmetic.right) } else { (&arithmetic.right, &arithmetic.left) };
    let signed = as_signed(side, kind);
    w.push(if signed.is_some() { "CAST(" } else { "" });
    match side {
        Expr::Value(value) if may_be_decimal(other) => w.value_alone(value)?,
        side => write_number(w, side, other)?,
    }
    w.push(signed.unwrap_or(""));
    Ok(())
}

/// Whether an integer may be a decimal to the server, as a sum is: beside it a parameter would get decimal places.
fn may_be_decimal(expr: &Expr) -> bool {
    expr.any(&|part| !is_calculated(part) && !matches!(part, Expr::Column(_) | Expr::Value(_)))
}

fn as_signed(expr: &Expr, kind: Option<ValueKind>) -> Option<&'static str> {
    match kind {
        _ if is_calculated(expr) => None,
        Some(ValueKind::U32) => Some(" AS SIGNED)"),
        Some(ValueKind::U64) => Some(" AS DECIMAL(20, 0))"),
        // Places among rows are unsigned.
        Some(ValueKind::I64) => match expr {
            Expr::Window(window) if matches!(window.call, WindowCall::Function(..)) => Some(" AS SIGNED)"),
            _ => None,
        },
        _ => None,
    }
}

/// Zeros come in from the left here: of a negative number the bits are turned before and after.
fn write_shift_right(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    let number = |w: &mut SqlWriter| write_number(w, &arithmetic.left, &arithmetic.right);
    w.push("CAST(CASE WHEN ");
    number(w)?;
    w.push(" < 0 THEN ~(~");
    number(w)?;
    w.push(" >> ");
    write_places(w, arithmetic)?;
    w.push(") ELSE ");
    number(w)?;
    w.push(" >> ");
    write_places(w, arithmetic)?;
    w.push(" END AS SIGNED)");
    Ok(())
}

/// A number with the opposite sign.
pub(super) fn write_negate(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    let signed = as_signed(expr, expr.kind());
    // In parentheses: two signs in a row begin a comment.
    w.push(if signed.is_some() { "-CAST(" } else { "-(" });
    w.expr(expr)?;
    w.push(signed.unwrap_or(")"));
    Ok(())
}
