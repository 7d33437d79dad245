//! Expressions: a tree that stays shallow by construction.

use std::sync::Arc;

use super::{
    Aggregate, Case, Cast, Collate, FunctionCall, InSubquery, Outer, RawSql, Regex, Select, Subquery,
    TextMatch, Window,
};
use crate::error::{Error, FieldError};
use crate::schema::{FieldMeta, PathNode};
use crate::value::{Value, ValueKind};

/// The deepest nesting of conditions that is compiled.
///
/// Chains of `&` and `|` are flattened and do not count, so only real alternation does. SQLite's parser gives up
/// below a hundred nested parentheses; 64 stays under it with a subquery around.
pub const MAX_DEPTH: u16 = 64;

/// An expression. Composite nodes are made by [`Node`](super::Node)'s methods, which keep the tree flat.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A field reached from the root model; gone after lowering.
    Field(FieldRef),
    /// A field of a related row, read from that row even where this side has its value: so that it is NULL when there is
    /// no row. Gone after lowering.
    Joined(FieldRef),
    /// A column of a table in the statement.
    Column(ColumnRef),
    /// A bound value. The field it is compared with, if any, decides how the dialect passes it.
    Value(Value),
    /// A boolean constant.
    Constant(bool),
    /// A number of the program's own, written into the text: where some databases take no parameter.
    Count(u64),
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
    /// Are they together one of these rows of values?
    InTuples(Box<InTuples>),
    /// Is it in a closed range?
    Between(Box<Between>),
    /// Does text contain, start or end with, or equal other text?
    TextMatch(Box<TextMatch>),
    /// Does text match a regular expression?
    Regex(Box<Regex>),
    /// Text that compares and sorts by a collation.
    Collate(Box<Collate>),
    /// Arithmetic on two numbers.
    Arithmetic(Box<Arithmetic>),
    /// The operand with the opposite sign.
    Negate(Box<Expr>),
    /// A condition as a value: true exactly where `filter` would keep the row, else false.
    IsTrue(Box<Expr>),
    /// A function of values of one row.
    Function(Box<FunctionCall>),
    /// The first of several values whose condition is true.
    Case(Box<Case>),
    /// A value as another type.
    Cast(Box<Cast>),
    /// A function of a group of rows.
    Aggregate(Box<Aggregate>),
    /// A function of the rows around a row.
    Window(Box<Window>),
    /// The only value of a SELECT.
    Subquery(Box<Subquery>),
    /// Does a SELECT have rows?
    Exists(Box<Select>),
    /// Is it among the values of a SELECT?
    InSubquery(Box<InSubquery>),
    /// A field of a query around this one; gone after lowering.
    Outer(Outer),
    /// SQL of the user's own, with bound values.
    Raw(Box<RawSql>),
    /// What the selection has at this position (beside the model's columns, if it has those), by its name there: for
    /// orders and groups only.
    Selected(usize),
    /// What the SELECT in the FROM clause gives at a position.
    Derived(Derived),
    /// A value that could not be made; compiling reports it. Boxed, because trees are built of expressions, and each would be
    /// as large as this.
    Invalid(Box<FieldError>),
    /// A subquery in which a mistake was made; compiling reports it.
    Mistaken(Mistake),
    /// Nested beyond [`MAX_DEPTH`]; compiling reports it.
    TooDeep,
}

/// A field, and the relations that lead to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldRef {
    /// The relations from the root model, or none for its own field.
    pub path: Option<&'static PathNode>,
    /// The field.
    pub field: &'static FieldMeta,
}

/// A column of a table in the statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnRef {
    /// The table's number in the statement: 0 is the root's.
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
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How.
    pub op: CompareOp,
    /// Left side.
    pub left: Expr,
    /// Right side.
    pub right: Expr,
}

/// Membership in a list of values. NULLs are never in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct InList {
    /// What is looked for.
    pub expr: Expr,
    /// The values; an empty list is false for every row.
    pub values: Vec<Value>,
}

/// Membership of several expressions in a list of rows of values. NULLs are never in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct InTuples {
    /// What is looked for: at least two.
    pub exprs: Vec<Expr>,
    /// For each of them its values: one for each row. Of no row it is false for every row of the table.
    pub columns: Vec<Vec<Value>>,
}

/// A closed range.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// What is compared.
    pub expr: Expr,
    /// The least value.
    pub low: Expr,
    /// The greatest value.
    pub high: Expr,
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
    /// Division. Of integers it is cut towards zero; by zero it is NULL.
    Divide,
    /// The remainder, with the sign of the left side; by zero it is NULL.
    Modulo,
    /// The bits that both have.
    BitAnd,
    /// The bits that either has.
    BitOr,
    /// The bits that one of them has.
    BitXor,
    /// Bits moved to the left.
    ShiftLeft,
    /// Bits moved to the right.
    ShiftRight,
}

impl ArithmeticOp {
    /// Whether it is NULL for a right side of zero.
    pub fn divides(self) -> bool {
        matches!(self, ArithmeticOp::Divide | ArithmeticOp::Modulo)
    }
}

/// Arithmetic on two numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Arithmetic {
    /// The operator.
    pub op: ArithmeticOp,
    /// Left side.
    pub left: Expr,
    /// Right side.
    pub right: Expr,
}

/// What an expression gives, where only the typed layer knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultType {
    /// The kind of value.
    pub kind: ValueKind,
    /// Whether it can be NULL.
    pub nullable: bool,
}

/// A column of the SELECT in the FROM clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The number of that SELECT's table.
    pub table: u16,
    /// Its position there.
    pub at: usize,
    /// What it gives.
    pub result: ResultType,
}

/// A mistake made while a subquery was built.
#[derive(Clone, Debug)]
pub struct Mistake(pub Arc<Error>);

impl PartialEq for Mistake {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Expr {
    /// A value that could not be made names the field that it stands beside.
    #[inline]
    pub(super) fn place(&mut self, beside: &Expr) {
        if let Expr::Invalid(error) = self {
            place(error, beside);
        }
    }

    /// The field that this is, or calculates with.
    fn field(&self) -> Option<&'static FieldMeta> {
        match self {
            Expr::Field(reference) | Expr::Joined(reference) => Some(reference.field),
            Expr::Arithmetic(arithmetic) => arithmetic.left.field().or_else(|| arithmetic.right.field()),
            _ => None,
        }
    }
}

#[cold]
fn place(error: &mut FieldError, beside: &Expr) {
    if let Some(field) = beside.field()
        && error.field().is_none()
    {
        *error = FieldError::new(field.model, field.name, error.value_error().clone());
    }
}
