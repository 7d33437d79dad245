//! Reading rows that are locked then.

use std::future::Future;
use std::pin::Pin;

use super::Rows;
use crate::backend::Block;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::queryset::{LockedQuerySet, QuerySet, Shape};

/// Boxed: in an opaque type the compiler would repeat at every use of the future that a database is no transaction.
type Locking<'e, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'e>>;

impl<M: Model, S: Shape<Model = M>> LockedQuerySet<M, S> {
    /// All rows, locked.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.atomic(async |tx| {
    ///     let posts = Post::objects().filter(|p| p.views.gt(50)).select_for_update().all(tx).await?;
    ///     assert_eq!(posts.len(), 2);
    ///     Ok::<_, orm::Error>(())
    /// })
    /// .await
    /// # }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::all`]; a lock was not had in time; or the transaction only reads.
    #[track_caller]
    pub fn all<'e, K: Block>(self, tx: &'e K) -> Locking<'e, Vec<S::Out>> {
        let all = self.queryset.all(tx);
        Box::pin(async move {
            refuse_read_only(tx)?;
            all.await
        })
    }

    /// The only row, locked.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tx = db.begin().await?;
    /// let ann = User::objects().filter(|u| u.username.eq("ann")).select_for_update().get(&tx).await?;
    /// ann.delete(&tx).await?;
    /// tx.rollback().await
    /// # }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::get`]; a lock was not had in time; or the transaction only reads.
    #[track_caller]
    pub fn get<'e, K: Block>(self, tx: &'e K) -> Locking<'e, S::Out> {
        let get = self.queryset.get(tx);
        Box::pin(async move {
            refuse_read_only(tx)?;
            get.await
        })
    }

    /// The first row in the queryset's order, or by key if it has none, locked.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tx = db.begin().await?;
    /// let least = Post::objects().order_by(|p| p.views).select_for_update().first(&tx).await?;
    /// assert_eq!(least.map(|post| post.views), Some(7));
    /// tx.commit().await
    /// # }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::first`]; a lock was not had in time; or the transaction only reads.
    #[track_caller]
    pub fn first<'e, K: Block>(self, tx: &'e K) -> Locking<'e, Option<S::Out>> {
        let first = self.queryset.first(tx);
        Box::pin(async move {
            refuse_read_only(tx)?;
            first.await
        })
    }

    /// The rows one after another, locked as they are read.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.atomic(async |tx| {
    ///     let mut posts = Post::objects().select_for_update().stream(tx);
    ///     while let Some(post) = posts.try_next().await? {
    ///         Post::objects().pk(post.id).update(tx, |p| p.views.set(post.views + 1)).await?;
    ///     }
    ///     Ok::<_, orm::Error>(())
    /// })
    /// .await
    /// # }) }
    /// ```
    #[track_caller]
    pub fn stream<K: Block>(self, tx: &K) -> Rows<'_, K, S> {
        match refuse_read_only(tx) {
            Ok(()) => self.queryset.stream(tx),
            Err(error) => {
                let QuerySet { shape, .. } = self.queryset;
                Rows::new(tx, Err(error), shape)
            }
        }
    }
}

/// Databases differ here; and who locks rows means to change them.
fn refuse_read_only<K: Block>(tx: &K) -> Result<()> {
    if tx.is_read_only() {
        let what = "one that only reads cannot lock rows";
        return Err(Error::InvalidTransaction(what.into()));
    }
    Ok(())
}
