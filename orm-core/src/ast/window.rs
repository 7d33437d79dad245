//! A function of the rows around a row.

use super::{Aggregate, Expr, OrderBy, ResultType};

/// Functions that exist only over windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowFunction {
    /// 1, 2, 3, …
    RowNumber,
    /// The place; equal rows share it, and places are left out after them.
    Rank,
    /// The place; equal rows share it, and none is left out.
    DenseRank,
    /// The place between 0 and 1.
    PercentRank,
    /// The share of rows up to this one.
    CumeDist,
    /// The number of the bucket, of so many.
    Ntile,
    /// The value so many rows before.
    Lag,
    /// The value so many rows after.
    Lead,
    /// The value of the frame's first row.
    FirstValue,
    /// The value of the frame's last row.
    LastValue,
    /// The value of the frame's nth row.
    NthValue,
}

impl WindowFunction {
    /// Its name in SQL, the same on every database.
    pub fn name(self) -> &'static str {
        match self {
            WindowFunction::RowNumber => "ROW_NUMBER",
            WindowFunction::Rank => "RANK",
            WindowFunction::DenseRank => "DENSE_RANK",
            WindowFunction::PercentRank => "PERCENT_RANK",
            WindowFunction::CumeDist => "CUME_DIST",
            WindowFunction::Ntile => "NTILE",
            WindowFunction::Lag => "LAG",
            WindowFunction::Lead => "LEAD",
            WindowFunction::FirstValue => "FIRST_VALUE",
            WindowFunction::LastValue => "LAST_VALUE",
            WindowFunction::NthValue => "NTH_VALUE",
        }
    }
}

/// What is computed over a window.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowCall {
    /// A window function with its arguments.
    Function(WindowFunction, Vec<Expr>),
    /// An aggregate.
    Aggregate(Aggregate),
}

/// A function of the rows around a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// What is computed.
    pub call: WindowCall,
    /// Rows that are equal in these are looked at together.
    pub partition_by: Vec<Expr>,
    /// In this order.
    pub order_by: Vec<OrderBy>,
    /// Which rows around the row; the database's default when `None`.
    pub frame: Option<Frame>,
    /// What it gives.
    pub result: ResultType,
}

/// Which rows around the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What is counted.
    pub unit: FrameUnit,
    /// The first row.
    pub start: FrameBound,
    /// The last row.
    pub end: FrameBound,
    /// Rows left out.
    pub exclude: Exclude,
}

/// What a frame counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Values of the order's only key.
    Range,
    /// Groups of rows that are equal in the order.
    Groups,
}

/// An end of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameBound {
    /// The first or last row of the partition.
    Unbounded,
    /// So many before.
    Preceding(u64),
    /// The row itself.
    CurrentRow,
    /// So many after.
    Following(u64),
}

/// Rows that a frame leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclude {
    /// None.
    NoOthers,
    /// The row itself.
    CurrentRow,
    /// The row and those equal to it in the order.
    Group,
    /// Those equal to the row in the order, but not the row.
    Ties,
}
