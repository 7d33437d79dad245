//! What builds expressions: a tree that never grows deeper than can be compiled, cloned or dropped safely.

use super::{Arithmetic, ArithmeticOp, Between, CompareOp, Comparison, Expr, InList, InTuples, MAX_DEPTH};
use crate::error::{FieldError, ValueError};
use crate::value::Value;

/// An expression with its depth, so that no tree ever grows deeper than can be compiled, cloned or dropped safely.
#[derive(Clone, Debug)]
pub struct Node {
    /// The expression.
    pub expr: Expr,
    depth: u16,
}

impl Node {
    /// A leaf.
    #[inline]
    pub fn leaf(expr: Expr) -> Self {
        Node { expr, depth: 1 }
    }

    /// A bound value, or the reason why it could not be made.
    #[inline]
    pub fn value(value: Result<Value, ValueError>) -> Self {
        Node::leaf(match value {
            Ok(value) => Expr::Value(value),
            Err(error) => Expr::Invalid(Box::new(FieldError::unplaced(error))),
        })
    }

    /// An expression whose leaves were exchanged.
    pub(super) fn rebuilt(expr: Expr, depth: u16) -> Self {
        Node { expr, depth }
    }

    /// The condition that all rows meet. Where all conditions of a list must hold it is left out.
    pub fn always() -> Self {
        Node::leaf(Expr::Constant(true))
    }

    /// Whether it is the condition that all rows meet.
    pub fn is_always(&self) -> bool {
        matches!(self.expr, Expr::Constant(true))
    }

    /// How deep it is nested.
    pub fn depth(&self) -> u16 {
        self.depth
    }

    /// A node over others, the deepest of which is `depth` deep.
    pub fn nested(depth: u16, make: impl FnOnce() -> Expr) -> Self {
        if depth >= MAX_DEPTH {
            return Node::leaf(Expr::TooDeep);
        }
        Node { expr: make(), depth: depth + 1 }
    }

    pub(super) fn unary(self, make: impl FnOnce(Box<Expr>) -> Expr) -> Self {
        Node::nested(self.depth, || make(Box::new(self.expr)))
    }

    pub(super) fn binary(self, other: Node, make: impl FnOnce(Expr, Expr) -> Expr) -> Self {
        Node::nested(self.depth.max(other.depth), || make(self.expr, other.expr))
    }

    /// Both; chains are flattened, and what is always true adds nothing.
    #[must_use]
    pub fn and(self, other: Node) -> Self {
        let depth = self.depth.max(other.depth);
        match (self.expr, other.expr) {
            (Expr::TooDeep, _) | (_, Expr::TooDeep) => Node::leaf(Expr::TooDeep),
            (Expr::Constant(true), expr) => Node { expr, depth: other.depth },
            (expr, Expr::Constant(true)) => Node { expr, depth: self.depth },
            (Expr::And(mut left), Expr::And(right)) => {
                left.extend(right);
                Node { expr: Expr::And(left), depth }
            }
            (Expr::And(mut left), right) => {
                left.push(right);
                Node { expr: Expr::And(left), depth: depth.max(other.depth.saturating_add(1)) }.checked()
            }
            (left, Expr::And(mut right)) => {
                right.insert(0, left);
                Node { expr: Expr::And(right), depth: depth.max(self.depth.saturating_add(1)) }.checked()
            }
            (left, right) => Node::nested(depth, || Expr::And(vec![left, right])),
        }
    }

    /// Either; chains are flattened.
    #[must_use]
    pub fn or(self, other: Node) -> Self {
        let depth = self.depth.max(other.depth);
        match (self.expr, other.expr) {
            (Expr::TooDeep, _) | (_, Expr::TooDeep) => Node::leaf(Expr::TooDeep),
            (Expr::Or(mut left), Expr::Or(right)) => {
                left.extend(right);
                Node { expr: Expr::Or(left), depth }
            }
            (Expr::Or(mut left), right) => {
                left.push(right);
                Node { expr: Expr::Or(left), depth: depth.max(other.depth.saturating_add(1)) }.checked()
            }
            (left, Expr::Or(mut right)) => {
                right.insert(0, left);
                Node { expr: Expr::Or(right), depth: depth.max(self.depth.saturating_add(1)) }.checked()
            }
            (left, right) => Node::nested(depth, || Expr::Or(vec![left, right])),
        }
    }

    fn checked(self) -> Self {
        if self.depth > MAX_DEPTH { Node::leaf(Expr::TooDeep) } else { self }
    }

    /// Exactly one of the two.
    #[must_use]
    pub fn xor(self, other: Node) -> Self {
        self.binary(other, |left, right| Expr::Xor(Box::new([left, right])))
    }

    /// SQL's NOT; two of them cancel out.
    #[must_use]
    pub fn negate(self) -> Self {
        let depth = self.depth;
        match self.expr {
            Expr::Not(inner) => Node { expr: *inner, depth: depth - 1 },
            Expr::Constant(value) => Node::leaf(Expr::Constant(!value)),
            expr => Node { expr, depth }.unary(Expr::Not),
        }
    }

    /// True unless `self` is.
    #[must_use]
    pub fn is_not_true(self) -> Self {
        self.unary(Expr::IsNotTrue)
    }

    /// Is it NULL?
    #[must_use]
    pub fn is_null(self) -> Self {
        self.unary(Expr::IsNull)
    }

    /// Is it true, rather than false or NULL?
    #[must_use]
    pub fn is_true(self) -> Self {
        self.unary(Expr::IsTrue)
    }

    /// With the opposite sign.
    #[must_use]
    pub fn minus(self) -> Self {
        self.unary(Expr::Negate)
    }

    /// A comparison.
    #[must_use]
    pub fn compare(self, op: CompareOp, other: Node) -> Self {
        self.binary(other, |mut left, mut right| {
            place_beside_each_other(&mut left, &mut right);
            Expr::Comparison(Box::new(Comparison { op, left, right }))
        })
    }

    /// A closed range.
    #[must_use]
    pub fn between(self, mut low: Node, mut high: Node) -> Self {
        let depth = self.depth.max(low.depth).max(high.depth);
        Node::nested(depth, || {
            low.expr.place(&self.expr);
            high.expr.place(&self.expr);
            Expr::Between(Box::new(Between { expr: self.expr, low: low.expr, high: high.expr }))
        })
    }

    /// Membership in a list.
    #[must_use]
    pub fn in_list(self, values: Result<Vec<Value>, ValueError>) -> Self {
        match values {
            Ok(values) => {
                Node::nested(self.depth, || Expr::InList(Box::new(InList { expr: self.expr, values })))
            }
            Err(error) => {
                let mut invalid = Node::value(Err(error));
                invalid.expr.place(&self.expr);
                invalid
            }
        }
    }

    /// Whether `nodes` are together one of the rows, each of which has a value for each node.
    #[must_use]
    pub fn in_tuples(mut nodes: Vec<Node>, rows: Vec<Vec<Value>>) -> Self {
        let mut columns: Vec<Vec<Value>> = nodes.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            if row.len() != columns.len() {
                let message = format!("{} values for {} fields", row.len(), columns.len());
                return Node::value(Err(ValueError::Invalid(message.into())));
            }
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        if nodes.len() < 2 {
            return match (nodes.pop(), columns.pop()) {
                (Some(node), Some(values)) => node.in_list(Ok(values)),
                _ => Node::leaf(Expr::Constant(false)),
            };
        }
        let depth = nodes.iter().map(Node::depth).max().unwrap_or(0);
        Node::nested(depth, || {
            let exprs = nodes.into_iter().map(|node| node.expr).collect();
            Expr::InTuples(Box::new(InTuples { exprs, columns }))
        })
    }

    /// Arithmetic.
    #[must_use]
    pub fn arithmetic(self, op: ArithmeticOp, other: Node) -> Self {
        self.binary(other, |mut left, mut right| {
            place_beside_each_other(&mut left, &mut right);
            Expr::Arithmetic(Box::new(Arithmetic { op, left, right }))
        })
    }
}

#[inline]
fn place_beside_each_other(left: &mut Expr, right: &mut Expr) {
    right.place(left);
    left.place(right);
}
