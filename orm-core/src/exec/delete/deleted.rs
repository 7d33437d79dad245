//! How many rows were deleted, of which models.

use std::fmt;

use crate::model::Model;
use crate::schema::ModelMeta;

/// How many rows were deleted, of which models: what Django's `delete()` returns.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Deleted {
    /// All of them.
    pub total: u64,
    /// In the order in which they were found.
    models: Vec<(&'static ModelMeta, u64)>,
    /// Those that were asked for.
    pub(super) asked: u64,
}

impl Deleted {
    /// How many rows of `M`.
    pub fn of<M: Model>(&self) -> u64 {
        self.models.iter().find(|(model, _)| *model == M::META).map_or(0, |(_, rows)| *rows)
    }

    /// The models of which rows were deleted, with their number; first the model that was asked for.
    pub fn by_model(&self) -> impl Iterator<Item = (&'static str, u64)> + use<'_> {
        self.models.iter().filter(|(_, rows)| *rows > 0).map(|(model, rows)| (model.name, *rows))
    }

    /// Rows of one model.
    pub(super) fn alone(model: &'static ModelMeta, rows: u64) -> Self {
        Deleted { total: rows, models: vec![(model, rows)], asked: rows }
    }

    pub(super) fn add(&mut self, model: &'static ModelMeta, rows: u64) {
        self.total += rows;
        match self.models.iter_mut().find(|(known, _)| *known == model) {
            Some((_, count)) => *count += rows,
            None => self.models.push((model, rows)),
        }
    }
}

impl fmt::Debug for Deleted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deleted ")?;
        f.debug_map().entries(self.by_model()).finish()
    }
}
