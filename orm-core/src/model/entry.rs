//! Lists of models, for whoever needs several at once.

use super::Model;
use crate::ast::ModelEntry;

impl ModelEntry {
    /// The entry of a model.
    pub const fn of<M: Model>() -> Self {
        ModelEntry { meta: M::META, checks: M::checks }
    }
}

/// Lists models for `create_tables`.
///
/// ```ignore
/// db.create_tables(models![User, Post]).await?;
/// ```
#[macro_export]
macro_rules! models {
    ($($model:ty),* $(,)?) => {
        &[$($crate::model::ModelEntry::of::<$model>()),*]
    };
}
