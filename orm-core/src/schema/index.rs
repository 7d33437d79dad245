//! Indexes and unique constraints over one or more fields.

use crate::error::Words;

/// An index or a unique constraint of a model. Written by `#[derive(Model)]`.
#[derive(Clone, Copy, Debug)]
pub struct IndexMeta {
    /// The name in the database; made from table and columns when `None`.
    pub name: Option<&'static str>,
    /// The fields in order.
    pub fields: &'static [IndexField],
    /// A unique constraint rather than a plain index.
    pub unique: bool,
    /// Only about rows that meet a condition, which the model has under the name of the constraint.
    pub conditional: bool,
    /// What validation says where it is violated.
    pub words: Words,
}

impl IndexMeta {
    /// Whether no two rows of the table have the same values in these fields.
    pub fn is_unique_for_all(&self) -> bool {
        self.unique && !self.conditional
    }
}

/// A field in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexField {
    /// Position in [`super::ModelMeta::fields`].
    pub field: usize,
    /// Sorted downwards.
    pub descending: bool,
}
