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
    /// Conditions on the model's own columns.
    pub filter: Vec<Expr>,
    /// Rows given by a SELECT of their keys, where conditions reach other tables or the rows are sliced.
    pub keys: Option<Box<Select>>,
}

/// A new value of a field.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The field.
    pub field: &'static FieldMeta,
    /// The value.
    pub value: Expr,
}
