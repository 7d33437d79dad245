//! A SELECT.

use super::{Expr, OrderBy};
use crate::schema::{ModelMeta, PathNode};

/// A SELECT over a model's table and the tables its paths lead to.
#[derive(Clone, Debug)]
pub struct Select {
    /// What is read from.
    pub source: Source,
    /// What is read.
    pub selection: Selection,
    /// Joined tables, filled by lowering; table `n` in a column is join `n - 1`.
    pub joins: Vec<Join>,
    /// Conditions that all must hold.
    pub filter: Vec<Expr>,
    /// The order.
    pub order_by: Vec<OrderBy>,
    /// Most rows.
    pub limit: Option<u64>,
    /// Rows left out at the start.
    pub offset: Option<u64>,
    /// Equal rows only once.
    pub distinct: bool,
}

/// What is read from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A model's table.
    Model(&'static ModelMeta),
    /// The rows of another SELECT.
    Subquery(Box<Select>),
}

/// What is read.
#[derive(Clone, Debug)]
pub enum Selection {
    /// All fields of the model, in order.
    Model,
    /// These expressions.
    Exprs(Vec<Expr>),
    /// All fields of the model, then these: an order by columns of other tables under DISTINCT.
    ModelAnd(Vec<Expr>),
    /// The number of rows.
    Count,
    /// The constant 1: whether there is a row.
    One,
}

/// A joined table.
#[derive(Clone, Copy, Debug)]
pub struct Join {
    /// The path that leads to it.
    pub path: &'static PathNode,
    /// The table it is joined to: 0 is the root.
    pub parent: u16,
    /// How.
    pub kind: JoinKind,
}

/// How a table is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// Only rows that have the related row.
    Inner,
    /// All rows.
    Left,
}

impl Select {
    /// All rows of a model.
    pub fn new(model: &'static ModelMeta) -> Self {
        Select {
            source: Source::Model(model),
            selection: Selection::Model,
            joins: Vec::new(),
            filter: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            distinct: false,
        }
    }

    /// The number of rows of `inner`.
    pub fn count_of(inner: Select) -> Self {
        Select {
            source: Source::Subquery(Box::new(inner)),
            selection: Selection::Count,
            joins: Vec::new(),
            filter: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            distinct: false,
        }
    }

    /// The model read from, when it is not a subquery.
    pub fn model(&self) -> Option<&'static ModelMeta> {
        match &self.source {
            Source::Model(model) => Some(model),
            Source::Subquery(_) => None,
        }
    }

    /// Whether a LIMIT or OFFSET is set.
    pub fn is_sliced(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }
}
