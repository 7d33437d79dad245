//! Expressions: a tree that stays shallow by construction.

use crate::error::{FieldError, ValueError};
use crate::schema::{FieldMeta, PathNode};
use crate::value::Value;

/// The deepest nesting of conditions that is compiled.
///
/// Chains of `&` and `|` are flattened and do not count, so only real alternation does. SQLite's parser gives up
/// below a hundred nested parentheses; 64 stays under it with a subquery around.
pub const MAX_DEPTH: u16 = 64;

/// An expression. Composite nodes are made by [`Node`]'s methods, which keep the tree flat.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A field reached from the root model; gone after lowering.
    Field(FieldRef),
    /// A column of a table in the statement.
    Column(ColumnRef),
    /// A bound value. The field it is compared with, if any, decides how the dialect passes it.
    Value(Value),
    /// A boolean constant.
    Constant(bool),
    /// True when all are; at least two terms, none of them an `And`.
    And(Vec<Expr>),
    /// True when one is; at least two terms, none of them an `Or`.
    Or(Vec<Expr>),
    /// True when exactly one of two is; NULL when either is.
    Xor(Box<[Expr; 2]>),
    /// SQL's NOT: NULL stays NULL.
    Not(Box<Expr>),
    /// True unless the operand is true: what `exclude` means.
    IsNotTrue(Box<Expr>),
    /// A comparison of two expressions.
    Comparison(Box<Comparison>),
    /// Is the operand NULL?
    IsNull(Box<Expr>),
    /// Is it one of these values?
    InList(Box<InList>),
    /// Is it in a closed range?
    Between(Box<Between>),
    /// Does text contain, start or end with, or equal other text?
    TextMatch(Box<TextMatch>),
    /// Does text match a regular expression?
    Regex(Box<Regex>),
    /// Arithmetic on two numbers.
    Arithmetic(Box<Arithmetic>),
    /// What the selection has at this position beside the model's columns, by its name there: for orders only.
    Selected(usize),
    /// A value that could not be made; compiling reports it.
    Invalid(FieldError),
    /// Nested beyond [`MAX_DEPTH`]; compiling reports it.
    TooDeep,
}

/// A field, and the relations that lead to it.
#[derive(Clone, Copy, Debug)]
pub struct FieldRef {
    /// The relations from the root model, or none for its own field.
    pub path: Option<&'static PathNode>,
    /// The field.
    pub field: &'static FieldMeta,
}

/// A column of a table in the statement.
#[derive(Clone, Copy, Debug)]
pub struct ColumnRef {
    /// The table: 0 is the root, others are joins in order.
    pub table: u16,
    /// The column.
    pub field: &'static FieldMeta,
    /// Whether it can be NULL here, by itself or because of an outer join.
    pub nullable: bool,
}

/// How two expressions are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Different.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// A comparison.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// How.
    pub op: CompareOp,
    /// Left side.
    pub left: Expr,
    /// Right side.
    pub right: Expr,
}

/// Membership in a list of values. NULLs are never in the list.
#[derive(Clone, Debug)]
pub struct InList {
    /// What is looked for.
    pub expr: Expr,
    /// The values; an empty list is false for every row.
    pub values: Vec<Value>,
}

/// A closed range.
#[derive(Clone, Debug)]
pub struct Between {
    /// What is compared.
    pub expr: Expr,
    /// The least value.
    pub low: Expr,
    /// The greatest value.
    pub high: Expr,
}

/// Where text must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextMatchKind {
    /// Anywhere.
    Contains,
    /// At the start.
    StartsWith,
    /// At the end.
    EndsWith,
    /// As the whole.
    Exact,
}

/// A search for literal text; nothing in it is a wildcard.
#[derive(Clone, Debug)]
pub struct TextMatch {
    /// Where it must be found.
    pub kind: TextMatchKind,
    /// Whether case is ignored.
    pub ignore_case: bool,
    /// The text searched.
    pub expr: Expr,
    /// The text searched for.
    pub text: String,
}

/// A match against a regular expression in the database's own syntax.
#[derive(Clone, Debug)]
pub struct Regex {
    /// The text.
    pub expr: Expr,
    /// The pattern.
    pub pattern: String,
    /// Whether case is ignored.
    pub ignore_case: bool,
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    /// Addition.
    Add,
    /// Subtraction.
    Subtract,
    /// Multiplication.
    Multiply,
}

/// Arithmetic on two numbers.
#[derive(Clone, Debug)]
pub struct Arithmetic {
    /// The operator.
    pub op: ArithmeticOp,
    /// Left side.
    pub left: Expr,
    /// Right side.
    pub right: Expr,
}

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
            Err(error) => Expr::Invalid(FieldError::unplaced(error)),
        })
    }

    /// How deep it is nested.
    pub fn depth(&self) -> u16 {
        self.depth
    }

    fn nested(depth: u16, make: impl FnOnce() -> Expr) -> Self {
        if depth >= MAX_DEPTH {
            return Node::leaf(Expr::TooDeep);
        }
        Node { expr: make(), depth: depth + 1 }
    }

    fn unary(self, make: impl FnOnce(Box<Expr>) -> Expr) -> Self {
        Node::nested(self.depth, || make(Box::new(self.expr)))
    }

    fn binary(self, other: Node, make: impl FnOnce(Expr, Expr) -> Expr) -> Self {
        Node::nested(self.depth.max(other.depth), || make(self.expr, other.expr))
    }

    /// Both; chains are flattened.
    #[must_use]
    pub fn and(self, other: Node) -> Self {
        let depth = self.depth.max(other.depth);
        match (self.expr, other.expr) {
            (Expr::TooDeep, _) | (_, Expr::TooDeep) => Node::leaf(Expr::TooDeep),
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

    /// A comparison.
    #[must_use]
    pub fn compare(self, op: CompareOp, other: Node) -> Self {
        self.binary(other, |left, right| {
            let (left, right) = beside_each_other(left, right);
            Expr::Comparison(Box::new(Comparison { op, left, right }))
        })
    }

    /// A closed range.
    #[must_use]
    pub fn between(self, low: Node, high: Node) -> Self {
        let depth = self.depth.max(low.depth).max(high.depth);
        Node::nested(depth, || {
            let low = low.expr.placed(&self.expr);
            let high = high.expr.placed(&self.expr);
            Expr::Between(Box::new(Between { expr: self.expr, low, high }))
        })
    }

    /// Membership in a list.
    #[must_use]
    pub fn in_list(self, values: Result<Vec<Value>, ValueError>) -> Self {
        match values {
            Ok(values) => {
                Node::nested(self.depth, || Expr::InList(Box::new(InList { expr: self.expr, values })))
            }
            Err(error) => Node::leaf(Expr::Invalid(FieldError::unplaced(error)).placed(&self.expr)),
        }
    }

    /// A search for literal text.
    #[must_use]
    pub fn text_match(self, kind: TextMatchKind, ignore_case: bool, text: String) -> Self {
        Node::nested(self.depth, || {
            Expr::TextMatch(Box::new(TextMatch { kind, ignore_case, expr: self.expr, text }))
        })
    }

    /// A regular expression.
    #[must_use]
    pub fn regex(self, pattern: String, ignore_case: bool) -> Self {
        Node::nested(self.depth, || Expr::Regex(Box::new(Regex { expr: self.expr, pattern, ignore_case })))
    }

    /// Arithmetic.
    #[must_use]
    pub fn arithmetic(self, op: ArithmeticOp, other: Node) -> Self {
        self.binary(other, |left, right| {
            let (left, right) = beside_each_other(left, right);
            Expr::Arithmetic(Box::new(Arithmetic { op, left, right }))
        })
    }
}

fn beside_each_other(left: Expr, right: Expr) -> (Expr, Expr) {
    let right = right.placed(&left);
    (left.placed(&right), right)
}

impl Expr {
    /// A value that could not be made names the field that it stands beside.
    fn placed(self, beside: &Expr) -> Self {
        match (self, beside.field()) {
            (Expr::Invalid(error), Some(field)) if error.field().is_none() => {
                Expr::Invalid(FieldError::new(field.model, field.name, error.value_error().clone()))
            }
            (expr, _) => expr,
        }
    }

    /// The field that this is, or calculates with.
    fn field(&self) -> Option<&'static FieldMeta> {
        match self {
            Expr::Field(reference) => Some(reference.field),
            Expr::Arithmetic(arithmetic) => arithmetic.left.field().or_else(|| arithmetic.right.field()),
            _ => None,
        }
    }
}
