//! Terminal methods of a statement of the user's own.

use std::any::Any;
use std::future::Future;
use std::panic::Location;

use super::rows::Rows;
use super::run::{execute, fetch, query};
use crate::backend::{Backend, Decode, Executor, RowSink};
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::queryset::{FromRaw, RawDecode, RawQuery};

impl RawQuery {
    /// All rows: models by the columns' names, values and tuples by position.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let (least, name) = (50, "ann");
    /// let query = orm::raw!(
    ///     "SELECT post.* FROM post JOIN user ON user.id = post.author_id
    ///      WHERE views > {least} AND username = {name} ORDER BY views"
    /// );
    /// let posts = query.fetch::<Post>(&db).await?;
    /// assert_eq!(posts.iter().map(|post| post.title.as_str()).collect::<Vec<_>>(), ["Spoons", "Hello"]);
    ///
    /// let counts = orm::raw!("SELECT author_id, COUNT(*) FROM post GROUP BY author_id ORDER BY 1");
    /// assert_eq!(counts.fetch::<(i64, i64)>(&db).await?, [(1, 2), (2, 1)]);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails, [`Error::MissingColumn`] for a model, or a column does not hold what is read.
    #[track_caller]
    pub fn fetch<T: FromRaw<Decode: RawDecode<Out = T>>>(
        self,
        db: &impl Executor,
    ) -> impl Future<Output = Result<Vec<T>>> + Send {
        let operation = Operation::new(T::Decode::name(), "fetch").at(Location::caller());
        async move { fetch(db, self.compiled(db.dialect(), operation)?, T::Decode::new()).await }
    }

    /// The only row.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts: i64 = orm::raw!("SELECT COUNT(*) FROM post").fetch_one(&db).await?;
    /// assert_eq!(posts, 3);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] when there is none, [`Error::MultipleObjectsReturned`] when there are several; else as
    /// [`RawQuery::fetch`].
    #[track_caller]
    pub fn fetch_one<T: FromRaw<Decode: RawDecode<Out = T>>>(
        self,
        db: &impl Executor,
    ) -> impl Future<Output = Result<T>> + Send {
        let operation = Operation::new(T::Decode::name(), "fetch_one").at(Location::caller());
        async move { self.only(db, operation).await?.ok_or(Error::DoesNotExist { model: T::Decode::name() }) }
    }

    /// The only row, or `None`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let name = String::from("eve");
    /// let id = orm::raw!("SELECT id FROM user WHERE username = {name}").fetch_optional::<i64>(&db).await?;
    /// assert_eq!(id, None);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::MultipleObjectsReturned`] when there are several; else as [`RawQuery::fetch`].
    #[track_caller]
    pub fn fetch_optional<T: FromRaw<Decode: RawDecode<Out = T>>>(
        self,
        db: &impl Executor,
    ) -> impl Future<Output = Result<Option<T>>> + Send {
        let operation = Operation::new(T::Decode::name(), "fetch_optional").at(Location::caller());
        self.only(db, operation)
    }

    async fn only<T: FromRaw<Decode: RawDecode<Out = T>>, E: Executor>(
        self,
        db: &E,
        operation: Operation,
    ) -> Result<Option<T>> {
        let sink = OnlyRow { decode: T::Decode::new(), row: None, model: T::Decode::name() };
        let sink = query(db, self.compiled(db.dialect(), operation)?, Box::new(sink)).await?;
        match sink.into_any().downcast::<OnlyRow<T::Decode>>() {
            Ok(only) => Ok(only.row),
            Err(_) => Err(Error::InvalidQuery("the driver gave back another sink than it was given".into())),
        }
    }

    /// All rows one after another, in constant memory. The database's type is inferred: `stream::<Post, _>(&db)`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let mut titles = orm::raw!("SELECT title FROM post ORDER BY id").stream::<String, _>(&db);
    /// assert_eq!(titles.try_next().await?.as_deref(), Some("Hello"));
    /// # Ok(()) }) }
    /// ```
    #[track_caller]
    pub fn stream<T: FromRaw<Decode: RawDecode<Out = T>>, E: Executor>(
        self,
        db: &E,
    ) -> Rows<'_, E, T::Decode> {
        let operation = Operation::new(T::Decode::name(), "stream").at(Location::caller());
        Rows::new(db, self.compiled(db.dialect(), operation), T::Decode::new())
    }

    /// Runs a statement for what it does, and says how many rows it inserted, changed or deleted.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let (more, author) = (10, 1);
    /// let changed = orm::raw!("UPDATE post SET views = views + {more} WHERE author_id = {author}").execute(&db).await?;
    /// assert_eq!(changed, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn execute(self, db: &impl Executor) -> impl Future<Output = Result<u64>> + Send {
        let operation = Operation::called("", "execute");
        async move {
            let sql = self.compiled(db.dialect(), operation)?;
            Ok(execute(db, sql).await?.rows_affected)
        }
    }
}

/// Takes one row and refuses a second, so that the database need not send the others.
struct OnlyRow<D: Decode> {
    decode: D,
    row: Option<D::Out>,
    model: &'static str,
}

impl<B: Backend, D: Decode> RowSink<B> for OnlyRow<D> {
    fn push(&mut self, row: &mut B::Row<'_>) -> Result<()> {
        if self.row.is_some() {
            return Err(Error::MultipleObjectsReturned { model: self.model });
        }
        self.row = Some(self.decode.decode(row)?);
        Ok(())
    }

    fn rewind(&mut self) -> bool {
        self.row = None;
        true
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
