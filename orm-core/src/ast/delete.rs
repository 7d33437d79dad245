//! A DELETE.

use super::{Expr, Select};
use crate::schema::ModelMeta;

/// A DELETE of the rows of a queryset.
#[derive(Clone, Debug)]
pub struct Delete {
    /// The model.
    pub model: &'static ModelMeta,
    /// Conditions on the model's own columns.
    pub filter: Vec<Expr>,
    /// Rows given by a SELECT of their keys, where conditions reach other tables or the rows are sliced.
    pub keys: Option<Box<Select>>,
}
