//! The rows of several SELECTs put together.

use super::Select;

/// How rows are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    /// Rows of either, equal ones once.
    Union,
    /// Rows of either.
    UnionAll,
    /// Rows of both.
    Intersect,
    /// Rows of the first that the second does not have.
    Except,
}

/// Two SELECTs of the same columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Combined {
    /// How.
    pub operator: SetOperator,
    /// The first.
    pub left: Select,
    /// The second.
    pub right: Select,
}
