//! The row that a foreign key points at, by a query of its own.

use std::future::Future;

use super::run::fetch_one;
use crate::backend::Executor;
use crate::compile::{Operation, compile_select};
use crate::error::{Error, Result};
use crate::model::{ForeignKey, Key, Model};
use crate::queryset::{Query, Whole};

impl<T: Model> ForeignKey<T> {
    /// The row that it points at, read by a query of its own. For the rows of a query, `select_related` reads them all
    /// with it.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// assert_eq!(post.author.fetch(&db).await?.username, "ann");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] when the row is gone, or the database fails.
    #[track_caller]
    pub fn fetch<'e, E: Executor>(
        &self,
        db: &'e E,
    ) -> impl Future<Output = Result<T>> + Send + use<'e, E, T> {
        let operation = Operation::called(T::META.name, "fetch");
        let mut query = Query::new(T::META);
        query.with_key(self.key().to_values());
        async move {
            query.check()?;
            let sql = compile_select(query.select, db.dialect(), operation)?;
            fetch_one(db, sql, Whole::<T>::NEW).await?.ok_or(Error::DoesNotExist { model: T::META.name })
        }
    }
}

/// What a foreign key that may be NULL can do.
pub trait FetchOptional {
    /// The model pointed at.
    type To;

    /// The row that it points at, if it points at one; see [`ForeignKey::fetch`].
    ///
    /// # Errors
    /// As [`ForeignKey::fetch`].
    #[track_caller]
    fn fetch<E: Executor>(&self, db: &E) -> impl Future<Output = Result<Option<Self::To>>> + Send;
}

impl<T: Model> FetchOptional for Option<ForeignKey<T>> {
    type To = T;

    #[track_caller]
    fn fetch<E: Executor>(&self, db: &E) -> impl Future<Output = Result<Option<T>>> + Send {
        // Not by a closure, within which the caller would be this place.
        let row = match self {
            Some(key) => Some(key.fetch(db)),
            None => None,
        };
        async move {
            match row {
                Some(row) => row.await.map(Some),
                None => Ok(None),
            }
        }
    }
}
