//! Terminal methods that read: they take the database and run the queryset.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;

use super::answer::{Answer, asked, completes, last_row};
use super::count::{count, exists};
use super::prefetch::complete;
use super::rows::Rows;
use super::run::Running;
use crate::ast::Node;
use crate::backend::{BoxSink, Executor, Expected, collect, into_row, into_rows};
use crate::compile::{Dialect, Operation};
#[cfg(doc)]
use crate::error::Error;
use crate::error::{FieldError, Result, ValueError};
use crate::model::{Declaration, Fields, IntoField, Key, Model, Root, TypeOf, UniqueField};
use crate::queryset::{Field, IntoOrder, LoadShape, Query, QuerySet, Shape, own_field};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{SqlType, Value};

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// The statement that `all` would run, for any database, without one. Values stay placeholders.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let popular = Post::objects().filter(|p| p.views.gt(50)).limit(1);
    /// assert_eq!(
    ///     popular.sql(Dialect::Postgres)?,
    ///     r#"SELECT "id", "author_id", "title", "views", "stars", "changed_at" FROM "post" WHERE "views" > $1 LIMIT 1"#
    /// );
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The query contradicts itself, or the database cannot do it.
    pub fn sql(mut self, dialect: Dialect) -> Result<String> {
        self.query.apply_default_order();
        Ok(self.query.compiled(dialect, Operation::new(M::META.name, "sql"))?.sql.into())
    }

    /// The sink with the rows of the query after this last step.
    fn gather<'e, E: Executor>(
        self,
        db: &'e E,
        operation: Operation,
        last: fn(&mut Query),
    ) -> Running<'e, BoxSink<E::Backend>> {
        let sink = collect::<E::Backend, S>(self.shape);
        asked(db, self.query, last, operation, sink, const { completes::<E, S>() })
    }

    /// All rows.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().filter(|p| p.views.gt(50)).all(&db).await?;
    /// assert_eq!(posts.len(), 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails, or a column does not hold what its field reads.
    #[track_caller]
    pub fn all<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Vec<S::Out>>> + Send + use<'e, E, M, S> {
        let operation = Operation::called(M::META.name, "all");
        Answer {
            answered: self.gather(db, operation, Query::apply_default_order),
            take: into_rows::<E::Backend, S>,
            expected: Expected::several(M::META.name),
        }
    }

    /// The only row.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tea = Post::objects().filter(|p| p.title.contains("tea")).get(&db).await?;
    /// assert_eq!(tea.views, 7);
    ///
    /// let missing = Post::objects().pk(99).get(&db).await.unwrap_err();
    /// assert_eq!(missing.to_string(), "no `Post` matches the query");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] when there is none, [`Error::MultipleObjectsReturned`] when there are several, or the
    /// database fails.
    #[track_caller]
    pub fn get<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<S::Out>> + Send + use<'e, E, M, S> {
        let operation = Operation::called(M::META.name, "get");
        Answer {
            answered: self.gather(db, operation, Query::only_row),
            take: into_row::<E::Backend, S>,
            expected: Expected::one(M::META.name),
        }
    }

    /// The first row in the queryset's order, or by key if it has none.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let oldest = Post::objects().first(&db).await?;
    /// assert_eq!(oldest.map(|post| post.id), Some(1));
    /// assert_eq!(Post::objects().filter(|p| p.views.gt(999)).first(&db).await?, None);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn first<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Option<S::Out>>> + Send + use<'e, E, M, S> {
        let operation = Operation::called(M::META.name, "first");
        Answer {
            answered: self.gather(db, operation, Query::first),
            take: last_row::<E::Backend, S>,
            expected: Expected::several(M::META.name),
        }
    }

    /// The last row in the queryset's order, or by key if it has none.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let least = Post::objects().order_by(|p| p.views.desc()).last(&db).await?;
    /// assert_eq!(least.map(|post| post.views), Some(7));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] for a sliced or randomly ordered queryset, or the database fails.
    #[track_caller]
    pub fn last<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Option<S::Out>>> + Send + use<'e, E, M, S> {
        let operation = Operation::called(M::META.name, "last");
        Answer {
            answered: self.gather(db, operation, Query::last),
            take: last_row::<E::Backend, S>,
            expected: Expected::several(M::META.name),
        }
    }

    /// The row with the least value of the given fields.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let least = Post::objects().earliest(&db, |p| p.views).await?;
    /// assert_eq!(least.title, "100% tea");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] when there are no rows, [`Error::InvalidQuery`] for a sliced queryset, or the database fails.
    #[track_caller]
    pub fn earliest<E: Executor, O: IntoOrder<M>>(
        self,
        db: &E,
        by: impl FnOnce(M::Fields<Root<M>>) -> O,
    ) -> impl Future<Output = Result<S::Out>> + Send {
        let operation = Operation::called(M::META.name, "earliest");
        Answer {
            answered: self.order_by(by).gather(db, operation, Query::only_first),
            take: into_row::<E::Backend, S>,
            expected: Expected::several(M::META.name),
        }
    }

    /// The row with the greatest value of the given fields.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let most = Post::objects().latest(&db, |p| p.views).await?;
    /// assert_eq!(most.title, "Hello");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] when there are no rows, [`Error::InvalidQuery`] for a sliced queryset, or the database fails.
    #[track_caller]
    pub fn latest<E: Executor, O: IntoOrder<M>>(
        self,
        db: &E,
        by: impl FnOnce(M::Fields<Root<M>>) -> O,
    ) -> impl Future<Output = Result<S::Out>> + Send {
        let operation = Operation::called(M::META.name, "latest");
        Answer {
            answered: self.order_by(by).reverse().gather(db, operation, Query::only_first),
            take: into_row::<E::Backend, S>,
            expected: Expected::several(M::META.name),
        }
    }

    /// How many rows there are.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// assert_eq!(Post::objects().filter(|p| p.author.username.eq("ann")).count(&db).await?, 2);
    /// assert_eq!(Post::objects().limit(2).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn count<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<u64>> + Send + use<'e, E, M, S> {
        let operation = Operation::called(M::META.name, "count");
        count(db, self.query, operation)
    }

    /// Whether there is a row.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// assert!(User::objects().filter(|u| u.username.eq("bob")).exists(&db).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn exists<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<bool>> + Send + use<'e, E, M, S> {
        let operation = Operation::called(M::META.name, "exists");
        exists(db, self.query, operation)
    }

    /// Whether this row is among them, as it is in the database.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let hello = Post::objects().pk(1).get(&db).await?;
    /// assert!(Post::objects().filter(|p| p.views.gt(50)).contains(&db, &hello).await?);
    /// assert!(!Post::objects().order_by(|p| p.views).limit(1).contains(&db, &hello).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] for a slice of a model with a composite key, or the database fails.
    #[track_caller]
    pub fn contains<'e, E: Executor>(
        mut self,
        db: &'e E,
        row: &M,
    ) -> impl Future<Output = Result<bool>> + Send + use<'e, E, M, S> {
        let operation = Operation::called(M::META.name, "contains");
        self.query.only(row.key().to_values());
        exists(db, self.query, operation)
    }

    /// All rows one after another, in constant memory.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let mut views = 0;
    /// let mut rows = Post::objects().stream(&db);
    /// while let Some(post) = rows.try_next().await? {
    ///     views += post.views;
    /// }
    /// assert_eq!(views, 182);
    /// # Ok(()) }) }
    /// ```
    #[track_caller]
    pub fn stream<E: Executor>(mut self, db: &E) -> Rows<'_, E, S> {
        let operation = Operation::called(M::META.name, "stream");
        self.query.apply_default_order();
        if self.query.is_empty() {
            return Rows::empty();
        }
        let rows = Rows::new(db, self.query.compiled(db.dialect(), operation), self.shape);
        if S::INCOMPLETE { rows.completed_by(complete::<E, S>) } else { rows }
    }
}

/// How many keys of a model one statement is asked about.
pub(crate) fn keys_at_once<E: Executor>(db: &E, model: &ModelMeta) -> usize {
    values_at_once(db, model.primary_key.len())
}

/// The same for values of so many fields.
fn values_at_once<E: Executor>(db: &E, fields: usize) -> usize {
    /// Where each is a parameter.
    const PARAMS: usize = 1_000;
    if db.dialect().capability().array_params { usize::MAX } else { PARAMS / fields.max(1) }
}

impl<M: Model, S: LoadShape<Model = M>> QuerySet<M, S> {
    /// The rows with these primary keys, by key. Keys without a row are left out; any number of keys may be given.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let users = User::objects().in_bulk(&db, [1, 2, 99]).await?;
    /// assert_eq!(users.len(), 2);
    /// assert_eq!(users[&2].username, "bob");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] for a sliced queryset, or the database fails.
    #[track_caller]
    pub fn in_bulk<E: Executor, K: IntoField<M::Key>>(
        self,
        db: &E,
        keys: impl IntoIterator<Item = K>,
    ) -> impl Future<Output = Result<HashMap<M::Key, S::Out>>> + Send {
        let operation = Operation::called(M::META.name, "in_bulk");
        let keys: Result<Vec<_>, ValueError> =
            keys.into_iter().map(|key| key.into_field().to_values()).collect();
        async move {
            let fields = M::META.key_fields().collect();
            self.by_values(db, operation, fields, keys?, |row| S::row(row).key()).await
        }
    }

    /// The rows in which these fields have one of these tuples of values, by what `key` gives of each.
    async fn by_values<E: Executor, K: Eq + Hash + Send>(
        self,
        db: &E,
        operation: Operation,
        fields: Vec<&'static FieldMeta>,
        mut values: Vec<Vec<Value>>,
        key: fn(&S::Out) -> K,
    ) -> Result<HashMap<K, S::Out>> {
        let mut found = HashMap::with_capacity(values.len());
        let per_statement = values_at_once(db, fields.len());
        while !values.is_empty() {
            let rest = values.split_off(values.len().min(per_statement));
            let mut part = self.clone();
            part.query.filter(Node::in_tuples(fields.iter().copied().map(own_field).collect(), values));
            let sink = part.gather(db, operation, |_| {}).await?;
            let part = into_rows::<E::Backend, S>(sink, Expected::several(M::META.name))?;
            found.extend(part.into_iter().map(|row| (key(&row), row)));
            values = rest;
        }
        Ok(found)
    }

    /// The rows with these values of a unique field, by value. Values without a row are left out; any number of values may be
    /// given.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let users = User::objects().in_bulk_by(&db, |u| u.username, ["ann", "eve"]).await?;
    /// assert_eq!(users.len(), 1);
    /// assert_eq!(users["ann"].id, 1);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::in_bulk`].
    #[track_caller]
    pub fn in_bulk_by<'e, E, C, K>(
        self,
        db: &'e E,
        field: impl FnOnce(M::Fields<Root<M>>) -> Field<Root<M>, C>,
        values: impl IntoIterator<Item = K>,
    ) -> Pin<Box<dyn Future<Output = Result<HashMap<TypeOf<C>, S::Out>>> + Send + 'e>>
    where
        E: Executor,
        C: UniqueField<Is: Declaration<Model = M>>,
        TypeOf<C>: Clone + Eq + Hash,
        K: IntoField<TypeOf<C>>,
    {
        let operation = Operation::called(M::META.name, "in_bulk_by");
        // Only its type matters.
        field(<M::Fields<Root<M>> as Fields>::NEW);
        let values: Result<Vec<_>, ValueError> =
            values.into_iter().map(|value| Ok(vec![value.into_field().to_value()?])).collect();
        // Boxed: in an opaque type the compiler would say of a field that is not unique at every use of the future.
        Box::pin(async move {
            let values = values.map_err(|error| FieldError::new(M::META.name, C::META.name, error))?;
            self.by_values(db, operation, vec![C::META], values, |row| C::of(S::row(row)).clone()).await
        })
    }
}
