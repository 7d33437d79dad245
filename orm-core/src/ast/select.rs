//! A SELECT.

use super::{Clauses, Combined, Expr, OrderBy};
use crate::schema::{FieldMeta, ModelMeta, PathNode};

/// A SELECT over a model's table and the tables its paths lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// What is read from.
    pub source: Source,
    /// The source's table number in the statement, given by lowering.
    pub table: u16,
    /// Whether columns are written with their table, set by lowering: there are several tables.
    pub qualified: bool,
    /// Whether what is selected gets names, by position, for whoever refers to it.
    pub named: bool,
    /// What is read.
    pub selection: Selection,
    /// Joined tables, filled by lowering.
    pub joins: Vec<Join>,
    /// Which rows there are, of a model whose rows stay when they are deleted.
    pub deleted: DeletedRows,
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
    /// What most queries do not have.
    pub clauses: Option<Box<Clauses>>,
}

/// Which rows there are, of a model whose rows stay when they are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletedRows {
    /// All.
    Shown,
    /// Those that are not deleted.
    Hidden,
    /// Those that are.
    Only,
}

/// What is read from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A model's table.
    Model(&'static ModelMeta),
    /// The rows of another SELECT.
    Subquery(Box<Select>),
    /// The rows of several, put together.
    Combined(Box<Combined>),
    /// A common table expression with a model's columns.
    Named(&'static str, &'static ModelMeta),
}

/// What is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Selection {
    /// All fields of the model, in order.
    Model,
    /// These expressions.
    Exprs(Vec<Expr>),
    /// All fields of the model, then these: an order by columns of other tables under DISTINCT.
    ModelAnd(Vec<Expr>),
    /// The first columns of the SELECT that is read from, which names them by position.
    Derived(usize),
    /// The number of rows.
    Count,
    /// The constant 1: whether there is a row.
    One,
}

/// A joined table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Join {
    /// The path that leads to it.
    pub path: &'static PathNode,
    /// Its number in the statement.
    pub table: u16,
    /// The number of the table it is joined to.
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
        Select::of(Source::Model(model), Selection::Model)
    }

    /// `selection` from `source`, without any other clause.
    pub fn of(source: Source, selection: Selection) -> Self {
        Select {
            source,
            table: 0,
            qualified: false,
            named: false,
            selection,
            joins: Vec::new(),
            deleted: DeletedRows::Shown,
            filter: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            distinct: false,
            clauses: None,
        }
    }

    /// `selection` from the rows of `inner`.
    pub fn from_select(inner: Select, selection: Selection) -> Self {
        Select::of(Source::Subquery(Box::new(inner)), selection)
    }

    /// The number of its rows.
    #[must_use]
    pub fn counted(mut self) -> Self {
        // Two columns of one name would be refused.
        self.named = true;
        Select::from_select(self, Selection::Count)
    }

    /// The model read from, when it is not a subquery.
    pub fn model(&self) -> Option<&'static ModelMeta> {
        match &self.source {
            Source::Model(model) | Source::Named(_, model) => Some(model),
            Source::Subquery(_) | Source::Combined(_) => None,
        }
    }

    /// Whether a LIMIT or OFFSET is set.
    pub fn is_sliced(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }

    /// The fields that are read of a model, when it is read as itself.
    pub fn read_fields(
        &self,
        model: &'static ModelMeta,
    ) -> impl Iterator<Item = &'static FieldMeta> + use<'_> {
        let left_out = self.clauses.as_ref().map_or(&[][..], |clauses| &clauses.left_out);
        model.fields.iter().filter(move |field| !left_out.contains(field))
    }

    /// The clauses that most queries do not have, to add to.
    pub fn clauses_mut(&mut self) -> &mut Clauses {
        self.clauses.get_or_insert_default()
    }

    /// Whether rows are put together in groups, or all in one.
    pub fn is_grouped(&self) -> bool {
        let clauses = self.clauses.as_ref();
        clauses.is_some_and(|clauses| clauses.one_group || !clauses.having.is_empty())
            || match &self.selection {
                Selection::Exprs(exprs) | Selection::ModelAnd(exprs) => exprs.iter().any(Expr::aggregates),
                Selection::Model | Selection::Derived(_) | Selection::Count | Selection::One => false,
            }
    }
}
