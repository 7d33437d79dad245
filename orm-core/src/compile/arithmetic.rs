//! What arithmetic means, the same on every database.
//!
//! Integers are calculated with 64 bits; floats of single precision are rounded to it after each step. Sums, differences
//! and remainders of decimals are exact, and so are products up to 28 decimal places; a quotient has 16, rounded half
//! away from zero. Division by zero is NULL.

use super::expr::write_number;
use super::writer::SqlWriter;
use crate::ast::{Arithmetic, ArithmeticOp, Expr};
use crate::error::Result;
use crate::value::{Value, ValueKind};

/// Decimal places of a product that are kept.
pub(crate) const PRODUCT_PLACES: u32 = 28;

/// The kind of number that is calculated with.
pub(crate) fn kind_of(arithmetic: &Arithmetic) -> Option<ValueKind> {
    Expr::operands_kind(&arithmetic.left, &arithmetic.right)
}

/// Whether a product may have more decimal places than are kept.
pub(crate) fn overflows_places(arithmetic: &Arithmetic) -> bool {
    match (places(&arithmetic.left), places(&arithmetic.right)) {
        (Some(left), Some(right)) => left + right > PRODUCT_PLACES,
        _ => true,
    }
}

/// The most decimal places that an expression can have, where that is known.
fn places(expr: &Expr) -> Option<u32> {
    match expr {
        Expr::Value(Value::Decimal(value)) => Some(value.scale()),
        Expr::Column(column) => column.field.digits.map(|(_, places)| places),
        Expr::Negate(inner) => places(inner),
        Expr::Arithmetic(arithmetic) => {
            let (left, right) = (places(&arithmetic.left)?, places(&arithmetic.right)?);
            match arithmetic.op {
                ArithmeticOp::Multiply => Some((left + right).min(PRODUCT_PLACES)),
                ArithmeticOp::Divide => Some(16),
                ArithmeticOp::Add
                | ArithmeticOp::Subtract
                | ArithmeticOp::Modulo
                | ArithmeticOp::BitAnd
                | ArithmeticOp::BitOr
                | ArithmeticOp::BitXor
                | ArithmeticOp::ShiftLeft
                | ArithmeticOp::ShiftRight => Some(left.max(right)),
            }
        }
        _ => None,
    }
}

/// Whether an operand is a number that arithmetic itself has made.
pub(crate) fn is_calculated(expr: &Expr) -> bool {
    matches!(expr, Expr::Arithmetic(_) | Expr::Negate(_))
}

/// How far bits are moved: a value was checked when the expression was built, of anything else the last six bits count.
pub(crate) fn write_places(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    if matches!(arithmetic.right, Expr::Value(_)) {
        return write_number(w, &arithmetic.right, &arithmetic.left);
    }
    w.push("(");
    write_number(w, &arithmetic.right, &arithmetic.left)?;
    w.push(" & 63)");
    Ok(())
}
