//! Arithmetic on SQLite, where decimals are text.

use crate::ast::{Arithmetic, ArithmeticOp, Expr};
use crate::compile::expr::{infix_of, write_infix, write_number};
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::ValueKind;

/// Decimals are text, so that no digit is lost; the driver's functions calculate with them.
pub(super) fn write(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    let kind = arithmetic.left.kind().or_else(|| arithmetic.right.kind());
    if kind == Some(ValueKind::Decimal) {
        return write_decimal(w, arithmetic);
    }
    match arithmetic.op {
        ArithmeticOp::BitXor => {
            // There is no operator: the bits of either less the bits of both.
            w.push("((");
            write_infix(w, arithmetic, "|")?;
            w.push(") - (");
            write_infix(w, arithmetic, "&")?;
            w.push("))");
            Ok(())
        }
        op @ (ArithmeticOp::Add
        | ArithmeticOp::Subtract
        | ArithmeticOp::Multiply
        | ArithmeticOp::Divide
        | ArithmeticOp::Modulo
        | ArithmeticOp::BitAnd
        | ArithmeticOp::BitOr
        | ArithmeticOp::ShiftLeft
        | ArithmeticOp::ShiftRight) => write_infix(w, arithmetic, infix_of(op)),
    }
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
