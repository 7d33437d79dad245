//! Lists of models, for whoever needs several at once.

use super::Model;
use crate::ast::ModelEntry;

impl ModelEntry {
    /// The entry of a model.
    pub const fn of<M: Model>() -> Self {
        ModelEntry {
            meta: M::META,
            checks: M::checks,
            conditions: M::conditions,
            computed: M::computed,
            defaults: M::default_of,
        }
    }
}

/// Lists models for `create_tables`.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// db.drop_tables(models![User, Post]).await?;
/// db.create_tables(models![User, Post]).await?;
/// # Ok(()) }) }
/// ```
#[macro_export]
macro_rules! models {
    ($($model:ty),* $(,)?) => {
        &[$($crate::model::ModelEntry::of::<$model>()),*]
    };
}
