//! Arithmetic on PostgreSQL.

use crate::ast::{Arithmetic, ArithmeticOp, Expr};
use crate::compile::arithmetic::{is_calculated, kind_of, overflows_places, write_places};
use crate::compile::expr::{infix_of, write_infix, write_number};
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

/// Division by zero, an error here, is NULL.
pub(super) fn write(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    if let Some(kind) = arithmetic.left.kind().filter(|kind| kind.is_temporal()) {
        return super::temporal::write_arithmetic(w, arithmetic, kind);
    }
    let kind = kind_of(arithmetic);
    let decimal = kind == Some(ValueKind::Decimal);
    match arithmetic.op {
        ArithmeticOp::Divide if decimal => {
            // As many places as are needed at least; without, their number depends on the size of the quotient.
            w.push("ROUND(ROUND(");
            write_number(w, &arithmetic.left, &arithmetic.right)?;
            w.push(", 30) / ");
            write_nonzero(w, arithmetic)?;
            w.push(", 16)");
            Ok(())
        }
        ArithmeticOp::Multiply if decimal && overflows_places(arithmetic) => {
            w.push("ROUND(");
            write_infix(w, arithmetic, "*")?;
            w.push(", 28)");
            Ok(())
        }
        ArithmeticOp::Divide | ArithmeticOp::Modulo => {
            write_left(w, arithmetic, kind)?;
            w.push(if arithmetic.op == ArithmeticOp::Divide { " / " } else { " % " });
            write_nonzero(w, arithmetic)
        }
        ArithmeticOp::ShiftLeft | ArithmeticOp::ShiftRight => {
            w.push("(");
            write_left(w, arithmetic, kind)?;
            w.push(if arithmetic.op == ArithmeticOp::ShiftLeft { " << CAST(" } else { " >> CAST(" });
            // The right side of a shift is an integer for every type of the left.
            write_places(w, arithmetic)?;
            w.push(" AS integer))");
            Ok(())
        }
        op @ (ArithmeticOp::Add
        | ArithmeticOp::Subtract
        | ArithmeticOp::Multiply
        | ArithmeticOp::BitAnd
        | ArithmeticOp::BitOr
        | ArithmeticOp::BitXor) => {
            write_left(w, arithmetic, kind)?;
            w.push(" ");
            w.push(if op == ArithmeticOp::BitXor { "#" } else { infix_of(op) });
            w.push(" ");
            write_number(w, &arithmetic.right, &arithmetic.left)
        }
    }
}

/// The left side; with 64 bits where it has fewer, as everywhere else.
fn write_left(w: &mut SqlWriter, arithmetic: &Arithmetic, kind: Option<ValueKind>) -> Result<()> {
    let narrow = is_narrow(&arithmetic.left, kind);
    w.push(if narrow { "CAST(" } else { "" });
    write_number(w, &arithmetic.left, &arithmetic.right)?;
    w.push(if narrow { " AS bigint)" } else { "" });
    Ok(())
}

fn is_narrow(expr: &Expr, kind: Option<ValueKind>) -> bool {
    matches!(kind, Some(ValueKind::I16 | ValueKind::I32)) && !is_calculated(expr)
}

fn write_nonzero(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    w.push("NULLIF(");
    write_number(w, &arithmetic.right, &arithmetic.left)?;
    w.push(", 0)");
    Ok(())
}

/// A number with the opposite sign.
pub(super) fn write_negate(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    let narrow = is_narrow(expr, expr.kind());
    // In parentheses: two signs in a row begin a comment.
    w.push(if narrow { "-CAST(" } else { "-(" });
    w.expr(expr)?;
    w.push(if narrow { " AS bigint)" } else { ")" });
    Ok(())
}
