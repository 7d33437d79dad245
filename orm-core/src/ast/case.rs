//! Choosing between values, and changing a value's type.

use super::{Expr, Node, ResultType};

/// The first of several values whose condition is true.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Conditions with their values, in order; never empty.
    pub branches: Vec<(Expr, Expr)>,
    /// The value when no condition is true, else NULL.
    pub otherwise: Option<Expr>,
    /// What it gives.
    pub result: ResultType,
}

/// A value as another type.
#[derive(Clone, Debug, PartialEq)]
pub struct Cast {
    /// The value.
    pub expr: Expr,
    /// The kind that it becomes.
    pub result: ResultType,
    /// Total digits and decimal places, for decimals.
    pub digits: Option<(u32, u32)>,
}

impl Node {
    /// The first value whose condition is true.
    pub fn case(branches: Vec<(Node, Node)>, otherwise: Option<Node>, result: ResultType) -> Self {
        let depth = branches.iter().map(|(when, then)| when.depth().max(then.depth())).max().unwrap_or(0);
        let depth = otherwise.as_ref().map_or(depth, |otherwise| depth.max(otherwise.depth()));
        Node::nested(depth, || {
            let branches = branches.into_iter().map(|(when, then)| (when.expr, then.expr)).collect();
            let otherwise = otherwise.map(|otherwise| otherwise.expr);
            Expr::Case(Box::new(Case { branches, otherwise, result }))
        })
    }

    /// The value as another type.
    #[must_use]
    pub fn cast(self, result: ResultType, digits: Option<(u32, u32)>) -> Self {
        Node::nested(self.depth(), || Expr::Cast(Box::new(Cast { expr: self.expr, result, digits })))
    }
}
