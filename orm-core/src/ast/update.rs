//! An UPDATE.

use super::{Expr, Select};
use crate::schema::{FieldMeta, ModelMeta};

/// An UPDATE of the rows of a queryset.
#[derive(Clone, Debug)]
pub struct Update {
    /// The model.
    pub model: &'static ModelMeta,
    /// The new values; expressions see the old row.
    pub assignments: Vec<Assignment>,
    /// The rows.
    pub rows: Select,
}

/// A new value of a field.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The field.
    pub field: &'static FieldMeta,
    /// The value.
    pub value: Expr,
}
