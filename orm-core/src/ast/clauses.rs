//! The clauses of a SELECT that most queries do not have, kept apart so that the others stay small.

use super::{Expr, Lock, Select};
use crate::schema::{FieldMeta, ModelMeta};

/// Groups, windows, and queries with a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clauses {
    /// What rows of one group have in common; filled by lowering from the selection.
    pub group_by: Vec<Expr>,
    /// All rows are one group, even where nothing is aggregated.
    pub one_group: bool,
    /// Conditions on groups that all must hold.
    pub having: Vec<Expr>,
    /// Conditions on the results of windows that all must hold.
    pub qualify: Vec<Expr>,
    /// Only the first row of those that are equal in these.
    pub distinct_on: Vec<Expr>,
    /// Fields that are not read, of a model that is; in the model's order.
    pub left_out: Vec<&'static FieldMeta>,
    /// Queries with a name that the FROM clause uses.
    pub with: Vec<Cte>,
    /// Another table whose rows stand beside those of the query's own.
    pub beside: Option<Beside>,
    /// Locks on the rows.
    pub lock: Option<Lock>,
}

/// A table beside the one that a query is about: rows that recursion has found before, or rows between two models.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beside {
    /// The table's name, or that of a query.
    pub name: &'static str,
    /// The model whose columns it has.
    pub model: &'static ModelMeta,
    /// Its number in the statement, given by lowering.
    pub table: u16,
}

/// A common table expression with the columns of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: &'static str,
    /// The model whose columns it has.
    pub model: &'static ModelMeta,
    /// The rows, or those that recursion begins with.
    pub select: Select,
    /// The rows that come from rows found before, with whether equal ones are kept.
    pub recursive: Option<(Select, bool)>,
    /// Columns beyond the model's.
    pub extra: &'static [&'static str],
}
