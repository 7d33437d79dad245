//! Arithmetic on SQLite, where decimals are text.

use crate::ast::{Arithmetic, ArithmeticOp, Expr};
use crate::compile::arithmetic::{is_calculated, kind_of, write_places};
use crate::compile::case::write_value;
use crate::compile::expr::{infix_of, write_infix, write_number};
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::ValueKind;

/// Decimals are text, so that no digit is lost; the driver's functions calculate with them.
pub(super) fn write(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    if let Some(kind) = arithmetic.left.kind().filter(|kind| kind.is_temporal()) {
        return super::temporal::write_arithmetic(w, arithmetic, kind);
    }
    match kind_of(arithmetic) {
        Some(ValueKind::Decimal) => write_decimal(w, arithmetic),
        Some(ValueKind::F32) => {
            w.push("orm_f32(");
            write_infix(w, arithmetic, infix_of(arithmetic.op))?;
            w.push(")");
            Ok(())
        }
        Some(ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::U32 | ValueKind::U64) => {
            write_integers(w, arithmetic)
        }
        _ => write_infix(w, arithmetic, infix_of(arithmetic.op)),
    }
}

fn write_integers(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    match arithmetic.op {
        ArithmeticOp::BitXor => {
            // There is no operator: the bits of either less the bits of both.
            w.push("((");
            write_integer(w, &arithmetic.left, &arithmetic.right)?;
            w.push(" | ");
            write_integer(w, &arithmetic.right, &arithmetic.left)?;
            w.push(") - (");
            write_integer(w, &arithmetic.left, &arithmetic.right)?;
            w.push(" & ");
            write_integer(w, &arithmetic.right, &arithmetic.left)?;
            w.push("))");
            Ok(())
        }
        op @ (ArithmeticOp::ShiftLeft | ArithmeticOp::ShiftRight) => {
            write_integer(w, &arithmetic.left, &arithmetic.right)?;
            w.push(if op == ArithmeticOp::ShiftLeft { " << " } else { " >> " });
            write_places(w, arithmetic)
        }
        op @ (ArithmeticOp::Add
        | ArithmeticOp::Subtract
        | ArithmeticOp::Multiply
        | ArithmeticOp::Divide
        | ArithmeticOp::Modulo
        | ArithmeticOp::BitAnd
        | ArithmeticOp::BitOr) => {
            write_integer(w, &arithmetic.left, &arithmetic.right)?;
            w.push(" ");
            w.push(infix_of(op));
            w.push(" ");
            write_integer(w, &arithmetic.right, &arithmetic.left)
        }
    }
}

/// An operand. Beyond 64 bits SQLite goes on with a REAL, which has lost digits: what was calculated is looked at before
/// it is calculated with again. At the end the STRICT column, or whoever reads an integer, refuses it.
fn write_integer(w: &mut SqlWriter, expr: &Expr, beside: &Expr) -> Result<()> {
    if !is_calculated(expr) {
        return write_number(w, expr, beside);
    }
    w.push("orm_int(");
    w.expr(expr)?;
    w.push(")");
    Ok(())
}

fn write_decimal(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    w.push(match arithmetic.op {
        ArithmeticOp::Add => "orm_dec_add(",
        ArithmeticOp::Subtract => "orm_dec_sub(",
        ArithmeticOp::Multiply => "orm_dec_mul(",
        ArithmeticOp::Divide => "orm_dec_div(",
        ArithmeticOp::Modulo => "orm_dec_mod(",
        ArithmeticOp::BitAnd
        | ArithmeticOp::BitOr
        | ArithmeticOp::BitXor
        | ArithmeticOp::ShiftLeft
        | ArithmeticOp::ShiftRight => {
            return Err(Error::InvalidQuery("a decimal has no bits to calculate with".into()));
        }
    });
    write_number(w, &arithmetic.left, &arithmetic.right)?;
    w.push(", ");
    write_number(w, &arithmetic.right, &arithmetic.left)?;
    w.push(")");
    w.computed(Some(ValueKind::Decimal));
    Ok(())
}

/// A number with the opposite sign.
pub(super) fn write_negate(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    if expr.kind() == Some(ValueKind::Decimal) {
        w.push("orm_dec_sub(0, ");
        w.expr(expr)?;
        w.push(")");
        w.computed(Some(ValueKind::Decimal));
        return Ok(());
    }
    // In parentheses: two signs in a row begin a comment.
    w.push("-(");
    w.expr(expr)?;
    w.push(")");
    Ok(())
}

/// A value; an integer that was calculated is one, or an error.
pub(super) fn write_guarded(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    let kind = expr.kind();
    let integer = matches!(
        kind,
        Some(ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::U32 | ValueKind::U64)
    );
    if !(integer && is_calculated(expr)) {
        return write_value(w, expr);
    }
    w.push("orm_int(");
    w.expr(expr)?;
    w.push(")");
    Ok(())
}
