//! A DELETE.

use super::Select;
use crate::schema::ModelMeta;

/// A DELETE of the rows of a queryset.
#[derive(Clone, Debug)]
pub struct Delete {
    /// The model.
    pub model: &'static ModelMeta,
    /// The rows.
    pub rows: Select,
}
