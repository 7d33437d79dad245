//! Comparisons of whole JSON documents, which are equal or not and have no order.

use super::expr::write_chain;
use super::writer::SqlWriter;
use crate::ast::{CompareOp, Comparison, Expr, InList};
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

/// Whether an expression is a document.
pub(crate) fn is_json(expr: &Expr) -> bool {
    expr.kind() == Some(ValueKind::Json)
}

/// A comparison of two documents.
pub(crate) fn write_comparison(w: &mut SqlWriter, comparison: &Comparison) -> Result<()> {
    let (left, right) = (&comparison.left, &comparison.right);
    match comparison.op {
        CompareOp::Eq => w.spelling.write_json_equal(w, left, right),
        CompareOp::Ne => {
            w.push("NOT (");
            w.spelling.write_json_equal(w, left, right)?;
            w.push(")");
            Ok(())
        }
        CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => Err(no_order()),
    }
}

/// Is a document equal to one of the list? For databases whose IN compares its text.
pub(crate) fn write_in_list(w: &mut SqlWriter, list: &InList) -> Result<()> {
    let equals = |value: &Value| {
        let (left, right) = (list.expr.clone(), Expr::Value(value.clone()));
        Expr::Comparison(Box::new(Comparison { op: CompareOp::Eq, left, right }))
    };
    let terms = list.values.iter().map(equals).collect::<Vec<_>>();
    w.push("(");
    write_chain(w, &terms, " OR ")?;
    w.push(")");
    Ok(())
}

/// The reason why whole documents are not ordered.
#[cold]
pub(crate) fn no_order() -> Error {
    Error::InvalidQuery("JSON documents have no order: compare or order by a value in them".into())
}
