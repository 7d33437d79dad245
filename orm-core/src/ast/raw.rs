//! SQL of the user's own: inside a query, or a statement of its own.

use super::{Expr, Node, ResultType};
use crate::value::ValueKind;

/// A piece of it.
#[derive(Clone, Debug, PartialEq)]
pub enum RawPart {
    /// Text written as it is.
    Sql(&'static str),
    /// A value to bind, or an expression.
    Expr(Expr),
    /// A list without values of this kind: nothing is in it.
    EmptyList(ValueKind),
}

/// SQL of the user's own, whose text is the program's and whose values are bound.
#[derive(Clone, Debug, PartialEq)]
pub struct RawSql {
    /// The pieces in order.
    pub parts: Vec<RawPart>,
    /// What it gives.
    pub result: ResultType,
}

impl Node {
    /// SQL of the user's own; `depth` is that of the deepest expression in it.
    pub fn raw(parts: Vec<RawPart>, depth: u16, result: ResultType) -> Self {
        Node::nested(depth, || Expr::Raw(Box::new(RawSql { parts, result })))
    }
}
