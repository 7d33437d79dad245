//! Terminal methods of combined querysets.

use std::future::Future;

use super::rows::Rows;
use crate::backend::Executor;
use crate::compile::Dialect;
use crate::error::Result;
use crate::model::Model;
use crate::queryset::{CombinedQuerySet, Shape};

impl<M: Model, S: Shape<Model = M>> CombinedQuerySet<M, S> {
    /// The statement that `all` would run, for any database, without one.
    ///
    /// # Errors
    /// The query contradicts itself, or the database cannot do it.
    pub fn sql(self, dialect: Dialect) -> Result<String> {
        self.inner.sql(dialect)
    }

    /// All rows.
    ///
    /// # Errors
    /// The database fails, or a column does not hold what is read.
    #[track_caller]
    pub fn all<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Vec<S::Out>>> + Send + use<'e, E, M, S> {
        self.inner.all(db)
    }

    /// The only row.
    ///
    /// # Errors
    /// [`crate::Error::DoesNotExist`] when there is none, [`crate::Error::MultipleObjectsReturned`] when there are several,
    /// or the database fails.
    #[track_caller]
    pub fn get<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<S::Out>> + Send + use<'e, E, M, S> {
        self.inner.get(db)
    }

    /// A first row: that of the order asked for, or any.
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn first<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Option<S::Out>>> + Send + use<'e, E, M, S> {
        let rows = self.limit(1).inner.all(db);
        async move { Ok(rows.await?.pop()) }
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn count<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<u64>> + Send + use<'e, E, M, S> {
        self.inner.count(db)
    }

    /// Whether there is a row.
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn exists<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<bool>> + Send + use<'e, E, M, S> {
        self.inner.exists(db)
    }

    /// All rows one after another, in constant memory.
    #[track_caller]
    pub fn stream<E: Executor>(self, db: &E) -> Rows<'_, E, S> {
        self.inner.stream(db)
    }
}
