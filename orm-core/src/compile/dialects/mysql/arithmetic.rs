//! Arithmetic on MySQL and MariaDB.

use crate::ast::{Arithmetic, ArithmeticOp};
use crate::compile::expr::{infix_of, write_infix, write_number};
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

/// Bits are unsigned here and come back as the signed numbers that they are elsewhere.
pub(super) fn write(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    let kind = arithmetic.left.kind().or_else(|| arithmetic.right.kind());
    match arithmetic.op {
        ArithmeticOp::Divide if kind == Some(ValueKind::Decimal) => {
            // The quotient has four places more than the left side; thirty is the most there is.
            w.push("CAST(");
            write_number(w, &arithmetic.left, &arithmetic.right)?;
            w.push(" AS DECIMAL(65, 26)) / ");
            write_number(w, &arithmetic.right, &arithmetic.left)
        }
        ArithmeticOp::Divide if !matches!(kind, Some(ValueKind::F32 | ValueKind::F64)) => {
            write_infix(w, arithmetic, "DIV")
        }
        ArithmeticOp::BitAnd
        | ArithmeticOp::BitOr
        | ArithmeticOp::BitXor
        | ArithmeticOp::ShiftLeft
        | ArithmeticOp::ShiftRight => {
            w.push("CAST(");
            write_infix(w, arithmetic, infix_of(arithmetic.op))?;
            w.push(" AS SIGNED)");
            Ok(())
        }
        op @ (ArithmeticOp::Add
        | ArithmeticOp::Subtract
        | ArithmeticOp::Multiply
        | ArithmeticOp::Divide
        | ArithmeticOp::Modulo) => write_infix(w, arithmetic, infix_of(op)),
    }
}
