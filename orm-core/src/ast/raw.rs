//! SQL of the user's own inside a query.

use super::{Expr, Node, ResultType};

/// A piece of it.
#[derive(Clone, Debug, PartialEq)]
pub enum RawPart {
    /// Text written as it is.
    Sql(&'static str),
    /// A value to bind, or an expression.
    Expr(Expr),
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
    /// SQL of the user's own: text between expressions. There is one text more than expressions.
    pub fn raw(texts: &[&'static str], exprs: Vec<Node>, result: ResultType) -> Self {
        let depth = exprs.iter().map(Node::depth).max().unwrap_or(0);
        Node::nested(depth, || {
            let mut parts = Vec::with_capacity(texts.len() + exprs.len());
            let mut exprs = exprs.into_iter();
            for text in texts {
                parts.push(RawPart::Sql(text));
                parts.extend(exprs.next().map(|node| RawPart::Expr(node.expr)));
            }
            Expr::Raw(Box::new(RawSql { parts, result }))
        })
    }
}
