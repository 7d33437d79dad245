//! Whether an operation calls hooks: as usual, or as it is told.

use super::{QuerySet, Shape};
use crate::model::Model;

/// What an operation was told about hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookChoice {
    /// It does what operations of its kind do.
    Usual,
    /// It calls them.
    Called,
    /// It does not.
    Left,
}

impl HookChoice {
    /// Whether an operation calls hooks that usually does.
    pub(crate) fn unless_left(self) -> bool {
        self != HookChoice::Left
    }

    /// Whether an operation calls hooks that usually does not.
    pub(crate) fn if_called(self) -> bool {
        self == HookChoice::Called
    }
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Calls the database's hooks also where they are usually not called: [`update`](QuerySet::update),
    /// [`bulk_create`](QuerySet::bulk_create) and [`bulk_update`](QuerySet::bulk_update). These then handle each row, and
    /// read the rows before and after where hooks want to know them, all in one transaction.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::BeforeSave;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.before_save(async |_: &Transaction<_>, post: &mut BeforeSave<Post>| post.set(|p| p.stars, Some(1)))
    /// });
    /// Post::objects().pk(1).update(&db, |p| p.views.set(0)).await?;
    /// assert_eq!(Post::objects().pk(1).get(&db).await?.stars, Some(5));
    ///
    /// Post::objects().pk(1).with_hooks().update(&db, |p| p.views.set(0)).await?;
    /// assert_eq!(Post::objects().pk(1).get(&db).await?.stars, Some(1));
    /// # Ok(()) }) }
    /// ```
    pub fn with_hooks(mut self) -> Self {
        self.query.hooks = HookChoice::Called;
        self
    }

    /// Does not call the database's hooks where they usually are: [`create`](QuerySet::create),
    /// [`get_or_create`](QuerySet::get_or_create), [`delete`](QuerySet::delete) and their kin.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::BeforeDelete;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.before_delete(async |_: &Transaction<_>, _: &mut BeforeDelete<Post>| Err(orm::Error::hook("posts stay")))
    /// });
    /// assert!(Post::objects().delete(&db).await.is_err());
    /// assert_eq!(Post::objects().without_hooks().delete(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    pub fn without_hooks(mut self) -> Self {
        self.query.hooks = HookChoice::Left;
        self
    }
}
