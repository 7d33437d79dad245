//! What a single row can do: save, refresh, delete.

use std::future::Future;

use super::any_row::AsAny;
use super::delete::{Deleted, delete, delete_collected};
use super::load::load;
use super::related_set::RelatedSet;
use super::run::fetch_one;
use super::save::{save, save_fields};
use super::stale::{as_read, not_stale, this_row};
use crate::backend::Executor;
use crate::compile::{Operation, compile_select};
use crate::error::{Error, Result};
use crate::model::{Fields, Model, Root, ToMany};
use crate::queryset::{DeferredList, FieldList, Many, Whole};

/// What a row of a model can do. Every model has it.
pub trait Instance: Model {
    /// Writes all fields: updates the row with this key, or inserts it if there is none. `auto_now` fields are set first.
    /// Deferred fields that are not loaded are left alone. Calls [hooks](crate::exec::hooks), for which it first looks
    /// whether the row is there.
    ///
    /// A row with a `#[field(version)]` is updated only if it still has the version that was read, which then counts up;
    /// it is inserted if its version is 0.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let mut post = Post::objects().pk(1).get(&db).await?;
    /// post.title = "Hello again".into();
    /// post.save(&db).await?;
    /// assert!(Post::objects().filter(|p| p.title.eq("Hello again")).exists(&db).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A value does not fit its field, a constraint is violated, a row to insert has a deferred field that is not loaded,
    /// or the database fails. Of a model with a version [`Error::StaleObject`] when somebody else has changed the row, and
    /// [`Error::DoesNotExist`] when it is gone.
    #[track_caller]
    fn save<E: Executor>(&mut self, db: &E) -> impl Future<Output = Result<()>> + Send {
        let operation = Operation::called(Self::META.name, "save");
        async move {
            self.touch(db.now());
            save(self, db, operation, const { AsAny::of::<Self>() }).await
        }
    }

    /// Writes only the given fields, and the `auto_now` fields. Calls [hooks](crate::exec::hooks).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let mut post = Post::objects().pk(1).get(&db).await?;
    /// (post.title, post.views) = ("Hello again".into(), 0);
    /// post.save_fields(&db, |p| (p.title,)).await?;
    /// assert_eq!(Post::objects().pk(1).get(&db).await?.views, 120);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] when there is no row with this key, [`Error::StaleObject`] when it has another version;
    /// otherwise as [`Instance::save`].
    #[track_caller]
    fn save_fields<E: Executor, L: FieldList<Self>>(
        &mut self,
        db: &E,
        fields: impl FnOnce(Self::Fields<Root<Self>>) -> L,
    ) -> impl Future<Output = Result<()>> + Send {
        let operation = Operation::called(Self::META.name, "save_fields");
        let fields = fields(<Self::Fields<Root<Self>> as Fields>::NEW).fields();
        async move {
            self.touch(db.now());
            save_fields(self, db, fields, operation, const { AsAny::of::<Self>() }).await
        }
    }

    /// Reads all fields again, also deferred ones.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let mut post = Post::objects().pk(1).get(&db).await?;
    /// Post::objects().update(&db, |p| p.views.set(p.views + 1)).await?;
    /// post.refresh(&db).await?;
    /// assert_eq!(post.views, 121);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] when the row is gone, or the database fails.
    #[track_caller]
    fn refresh<E: Executor>(&mut self, db: &E) -> impl Future<Output = Result<()>> + Send {
        let operation = Operation::called(Self::META.name, "refresh");
        async move {
            let query = this_row(self)?;
            let sql = compile_select(query.select, db.dialect(), operation)?;
            let row = fetch_one(db, sql, Whole::<Self>::NEW).await?;
            *self = row.ok_or(Error::DoesNotExist { model: Self::META.name })?;
            Ok(())
        }
    }

    /// Reads the given deferred fields, which the row's query left out.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug)]
    /// struct Page {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     body: Deferred<String>,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Page]).await?;
    /// # Page::objects().create(&db, |p| p.body("A long text")).await?;
    /// let mut page = Page::objects().defer(|p| p.body).get(&db).await?;
    /// page.load(&db, |p| p.body).await?;
    /// assert_eq!(page.body.get().map(String::as_str), Some("A long text"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] when the row is gone, or the database fails.
    #[track_caller]
    fn load<E: Executor, D: DeferredList<Self>>(
        &mut self,
        db: &E,
        fields: impl FnOnce(Self::Fields<Root<Self>>) -> D,
    ) -> impl Future<Output = Result<()>> + Send {
        load(self, db, fields)
    }

    /// The rows of one of its relations to many: to read, to create, to add and to remove.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug)]
    /// #[model(has_many(books = Book::author))]
    /// struct Author {
    ///     #[field(primary_key)]
    ///     id: i64,
    /// }
    ///
    /// #[derive(Model, Debug)]
    /// struct Book {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     author: ForeignKey<Author>,
    ///     #[field(max_length = 100)]
    ///     title: String,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Author, Book]).await?;
    /// let author = Author::objects().create(&db, |a| a).await?;
    /// author.related(|a| a.books).create(&db, |b| b.title("Tea")).await?;
    /// assert_eq!(author.related(|a| a.books).count(&db).await?, 1);
    /// # Ok(()) }
    /// ```
    fn related<R: ToMany<From = Self>>(
        &self,
        relation: impl FnOnce(Self::Fields<Root<Self>>) -> Many<Root<Self>, R>,
    ) -> RelatedSet<R, R::Kind> {
        relation(<Self::Fields<Root<Self>> as Fields>::NEW);
        RelatedSet::of(self)
    }

    /// Deletes the row; `false` when it was gone already. Rows that point at it are dealt with as their `on_delete` says:
    /// by the database, so that this is one statement, unless a relation of which the model knows the other side is
    /// `protect`, `restrict` or `set(…)`. Then it is [`Instance::delete_collected`], and so it is where
    /// [hooks](crate::exec::hooks) are to be called for it, or for rows that are deleted with it.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// assert!(ann.delete(&db).await?);
    /// assert!(!ann.delete(&db).await?);
    /// assert_eq!(Post::objects().count(&db).await?, 1);   // `on_delete = cascade`
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Protected`] when the row is still needed and its model knows by which relation, otherwise a violated
    /// foreign key; [`Error::StaleObject`] when the row has another version than the one that was read; or the database
    /// fails.
    #[track_caller]
    fn delete<E: Executor>(&self, db: &E) -> impl Future<Output = Result<bool>> + Send {
        let operation = Operation::called(Self::META.name, "delete");
        let query = as_read(self);
        async move {
            let deleted = delete(db, query?, operation).await? > 0;
            if !deleted {
                not_stale(self, db, operation).await?;
            }
            Ok(deleted)
        }
    }

    /// Deletes the row and those that cascade with it, and says how many there were of each model: see
    /// [`QuerySet::delete_collected`](crate::queryset::QuerySet::delete_collected).
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug)]
    /// #[model(has_many(replies = Comment::parent))]
    /// struct Comment {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     #[field(on_delete = cascade)]
    ///     parent: Option<ForeignKey<Comment>>,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Comment]).await?;
    /// let question = Comment::objects().create(&db, |c| c).await?;
    /// let answer = Comment::objects().create(&db, |c| c.parent(&question)).await?;
    /// Comment::objects().create(&db, |c| c.parent(&answer)).await?;
    /// assert_eq!(question.delete_collected(&db).await?.total, 3);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Instance::delete`].
    #[track_caller]
    fn delete_collected<E: Executor>(&self, db: &E) -> impl Future<Output = Result<Deleted>> + Send {
        let operation = Operation::called(Self::META.name, "delete_collected");
        let query = as_read(self);
        async move {
            let deleted = delete_collected(db, query?, operation).await?;
            if deleted.total == 0 {
                not_stale(self, db, operation).await?;
            }
            Ok(deleted)
        }
    }
}

impl<M: Model> Instance for M {}
