//! Arithmetic on PostgreSQL.

use crate::ast::{Arithmetic, ArithmeticOp};
use crate::compile::expr::{infix_of, write_infix, write_infix_by_nonzero};
use crate::compile::writer::SqlWriter;
use crate::error::Result;

/// Division by zero, an error here, is NULL.
pub(super) fn write(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    match arithmetic.op {
        ArithmeticOp::Divide | ArithmeticOp::Modulo => {
            write_infix_by_nonzero(w, arithmetic, infix_of(arithmetic.op))
        }
        ArithmeticOp::BitXor => write_infix(w, arithmetic, "#"),
        ArithmeticOp::ShiftLeft | ArithmeticOp::ShiftRight => {
            // The right side of a shift is an integer for every type of the left.
            w.push("(");
            write_infix(w, arithmetic, infix_of(arithmetic.op))?;
            w.push("::integer)");
            Ok(())
        }
        op @ (ArithmeticOp::Add
        | ArithmeticOp::Subtract
        | ArithmeticOp::Multiply
        | ArithmeticOp::BitAnd
        | ArithmeticOp::BitOr) => write_infix(w, arithmetic, infix_of(op)),
    }
}
