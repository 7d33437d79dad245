//! `aggregate`: values computed from all rows.

use std::future::Future;

use super::run::rows;
use crate::backend::{Executor, collect, into_collected};
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::model::{Model, Root};
use crate::queryset::{
    CombinedQuerySet, ModelShape, Query, QuerySet, RowColumns, RowsOf, Selectable, Summary, Values,
};
use crate::value::FromColumns;

impl<M: Model, S: ModelShape<Model = M>> QuerySet<M, S> {
    /// Values computed from all rows; of a slice, from its rows only.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let (posts, views) = Post::objects().aggregate(&db, |p| (p.id.count(), p.views.sum())).await?;
    /// assert_eq!((posts, views), (3, Some(182)));
    ///
    /// let top = Post::objects().order_by(|p| p.views.desc()).limit(2);
    /// assert_eq!(top.aggregate(&db, |p| p.views.min()).await?, Some(55));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A sum is beyond what its type holds, or the database fails.
    #[track_caller]
    pub fn aggregate<E: Executor, V: Summary<M>>(
        mut self,
        db: &E,
        values: impl FnOnce(M::Fields<Root<M>>) -> V,
    ) -> impl Future<Output = Result<<V as Selectable<M>>::Out>> + Send {
        let operation = Operation::called(M::META.name, "aggregate");
        let mut nodes = Vec::new();
        values(Self::fields()).push_selected(&mut nodes);
        let shape = Values::<M, V::Out>::new(&nodes);
        self.query.aggregate(nodes);
        only_row(db, self.query, shape, operation)
    }
}

impl<M: Model, T: RowColumns> QuerySet<M, Values<M, T>> {
    /// Values computed from the rows of values, such as groups: the closure gets their columns.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts_of_authors = Post::objects().values(|p| (p.author, p.id.count()));
    /// let (authors, most) =
    ///     posts_of_authors.aggregate(&db, |(author, posts)| (author.count(), posts.max())).await?;
    /// assert_eq!((authors, most), (2, Some(2)));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A sum is beyond what its type holds, or the database fails.
    #[track_caller]
    pub fn aggregate<E: Executor, V: Summary<RowsOf<T>>>(
        mut self,
        db: &E,
        values: impl FnOnce(T::Columns) -> V,
    ) -> impl Future<Output = Result<<V as Selectable<RowsOf<T>>>::Out>> + Send {
        let operation = Operation::called(M::META.name, "aggregate");
        let mut nodes = Vec::new();
        values(T::columns()).push_selected(&mut nodes);
        let shape = Values::<M, V::Out>::new(&nodes);
        self.query.aggregate_rows(nodes);
        only_row(db, self.query, shape, operation)
    }
}

impl<M: Model, T: RowColumns> CombinedQuerySet<M, Values<M, T>> {
    /// Values computed from the rows of values: the closure gets their columns.
    ///
    /// # Errors
    /// A sum is beyond what its type holds, or the database fails.
    #[track_caller]
    pub fn aggregate<E: Executor, V: Summary<RowsOf<T>>>(
        self,
        db: &E,
        values: impl FnOnce(T::Columns) -> V,
    ) -> impl Future<Output = Result<<V as Selectable<RowsOf<T>>>::Out>> + Send {
        self.inner.aggregate(db, values)
    }
}

async fn only_row<E: Executor, M: Model, T: FromColumns>(
    db: &E,
    query: Query,
    shape: Values<M, T>,
    operation: Operation,
) -> Result<T> {
    let sink = rows(db, query, collect::<E::Backend, _>(shape), operation).await?;
    let row = into_collected::<E::Backend, Values<M, T>>(sink)?.1.pop();
    row.ok_or_else(|| Error::InvalidQuery("the database gave no row for an aggregate".into()))
}
