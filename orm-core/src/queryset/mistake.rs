//! A mistake that only shows when an expression is built; compiling reports it.

use std::sync::Arc;

use crate::ast::{Expr, Mistake, Node};
use crate::error::Error;

/// An expression that cannot be, with the reason.
pub(crate) fn mistake(what: &'static str) -> Node {
    Node::leaf(Expr::Mistaken(Mistake(Arc::new(Error::InvalidQuery(what.into())))))
}
