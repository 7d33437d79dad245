//! An UPDATE.

use super::{Expr, Select};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::RowValues;

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

/// An UPDATE of several rows of a model, each of which gets values of its own.
#[derive(Clone, Debug)]
pub struct UpdateEach {
    /// The model.
    pub model: &'static ModelMeta,
    /// The fields that are set.
    pub fields: Vec<&'static FieldMeta>,
    /// For each row the values of its key, that of its version where the model has one, then those of the fields.
    pub values: RowValues,
    /// The rows among which they are.
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
