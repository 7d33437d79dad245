//! A model in a list of models, without its type.

use super::{Assignment, Expr};
use crate::error::{ValueError, Words};
use crate::schema::ModelMeta;
use crate::value::Value;

/// A check constraint: a condition on a row's own fields. Or the condition of a unique constraint, which says for which rows it
/// holds.
#[derive(Clone, Debug)]
pub struct Check {
    /// The constraint's name.
    pub name: &'static str,
    /// The condition.
    pub condition: Expr,
    /// What validation says where it is violated.
    pub words: Words,
}

/// A model in a list, made by `models![User, Post]`.
#[derive(Clone, Copy)]
pub struct ModelEntry {
    /// The model.
    pub meta: &'static ModelMeta,
    /// Its check constraints.
    pub checks: fn() -> Vec<Check>,
    /// The conditions of its unique constraints, under their names.
    pub conditions: fn() -> Vec<Check>,
    /// What its generated columns are.
    pub computed: fn() -> Vec<Assignment>,
    /// The defaults in Rust, by the position of their field.
    pub defaults: fn(usize) -> Result<Option<Value>, ValueError>,
}
