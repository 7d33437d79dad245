//! What a single row can do: save, refresh, delete.

use std::future::{self, Future};

use super::any_row::{AnyRow, AnyRows, AsAny, fetch_any};
use super::bulk::{Work, together};
use super::count::exists;
use super::create::{insert_row, vanished};
use super::delete::{Deleted, delete, delete_collected};
use super::hooks::{Save, hooked, saves_are_watched};
use super::load::load;
use super::related_set::RelatedSet;
use super::run::{Running, execute, fetch_one};
use super::stale::{as_read, first_version, is_unsaved, why_missed};
use crate::ast::{Assignment, Expr, Update};
use crate::backend::{Backend, Executor};
use crate::compile::{CompiledSql, Operation, compile_select, compile_update, compile_update_returning};
use crate::error::{Error, Result};
use crate::model::{Fields, Model, Root, ToMany};
use crate::queryset::{DeferredList, FieldList, Many, Query, Whole};
use crate::schema::{FieldMeta, Generated, ModelMeta};
use crate::value::Value;

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
        let row = as_read(self).and_then(|query| Ok((query, self.key_values()?)));
        async move {
            let (query, key) = row?;
            let deleted = delete(db, query, operation).await? > 0;
            if !deleted {
                not_stale(Self::META, key, db, operation).await?;
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
        let row = as_read(self).and_then(|query| Ok((query, self.key_values()?)));
        async move {
            let (query, key) = row?;
            let deleted = delete_collected(db, query, operation).await?;
            if deleted.total == 0 {
                not_stale(Self::META, key, db, operation).await?;
            }
            Ok(deleted)
        }
    }
}

impl<M: Model> Instance for M {}

// What follows is compiled once for all models.

/// Saves a row, with hooks where there are some for its model.
fn save<'r, E: Executor>(
    row: &'r mut dyn AnyRow,
    db: &'r E,
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Running<'r, ()> {
    let model = row.model();
    if saves_are_watched(db, model) {
        return hooked(db, operation, Save { row, only: None, operation, read });
    }
    Box::pin(async move {
        if !is_unsaved(row)? {
            let fields = model.fields.iter().enumerate().filter(|(at, field)| {
                !field.primary_key && !field.is_version() && !field.is_computed() && row.has(*at)
            });
            let fields: Vec<_> = fields.map(|(_, field)| field).collect();
            if update_fields(row, db, &fields, operation, read).await? > 0 {
                row.count_version_up();
                return Ok(());
            }
            if model.version().is_some() {
                return Err(why_missed(model, row.key_values()?, db, operation).await?);
            }
        }
        insert_all(row, db, operation, read).await
    })
}

/// Saves fields of a row, with hooks where there are some for its model.
fn save_fields<'r, E: Executor>(
    row: &'r mut dyn AnyRow,
    db: &'r E,
    mut fields: Vec<&'static FieldMeta>,
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Running<'r, ()> {
    let model = row.model();
    for field in model.fields {
        let listed = fields.iter().any(|given| std::ptr::eq(*given, field));
        if field.generated == Some(Generated::AutoNow) && !listed {
            fields.push(field);
        }
    }
    if fields.is_empty() {
        let error = Error::InvalidQuery("`save_fields` was given no fields".into());
        return Box::pin(future::ready(Err(error)));
    }
    if saves_are_watched(db, model) {
        return hooked(db, operation, Save { row, only: Some(fields), operation, read });
    }
    Box::pin(async move {
        if update_fields(row, db, &fields, operation, read).await? == 0 {
            return Err(why_missed(model, row.key_values()?, db, operation).await?);
        }
        row.count_version_up();
        Ok(())
    })
}

/// The query for this row alone.
pub(super) fn this_row(row: &dyn AnyRow) -> Result<Query> {
    let mut query = Query::new(row.model());
    query.with_key(Ok(row.key_values()?));
    query.check()?;
    Ok(query)
}

/// Inserts a row with all of its fields; it is then as the database has it.
pub(super) async fn insert_all<E: Executor>(
    row: &mut dyn AnyRow,
    db: &E,
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Result<()> {
    let model = row.model();
    let (mut fields, mut values) = (Vec::new(), Vec::new());
    for (at, field) in model.fields.iter().enumerate() {
        if field.is_computed() {
            continue;
        }
        fields.push(field);
        values.push(match first_version(field) {
            Some(first) => first,
            None => row.value_at(at)?,
        });
    }
    let rows = insert_row(db, model, (fields, values), operation, read).await?;
    if row.become_last_of(rows)? { Ok(()) } else { Err(vanished(model)) }
}

/// # Errors
/// The row is there, with another version than the one that was read.
async fn not_stale<E: Executor>(
    model: &'static ModelMeta,
    key: Vec<Value>,
    db: &E,
    operation: Operation,
) -> Result<()> {
    if model.version().is_none() {
        return Ok(());
    }
    match why_missed(model, key, db, operation).await? {
        Error::DoesNotExist { .. } => Ok(()),
        stale => Err(stale),
    }
}

/// Updates the row's given fields, if it still is as it was read; the number of rows that matched.
pub(super) async fn update_fields<E: Executor>(
    row: &mut dyn AnyRow,
    db: &E,
    fields: &[&'static FieldMeta],
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Result<u64> {
    let model = row.model();
    let mut assignments = Vec::with_capacity(fields.len());
    for (at, field) in model.fields.iter().enumerate() {
        if fields.iter().any(|given| std::ptr::eq(*given, field)) {
            assignments.push(Assignment { field, value: Expr::Value(row.value_at(at)?) });
        }
    }
    let query = as_read(row)?;
    if assignments.is_empty() && model.version().is_none() {
        // A model of nothing but its key: there is nothing to write, only to know whether the row is there.
        return Ok(u64::from(exists(db, query, operation).await?));
    }
    let update = Update { model, assignments, rows: query.select };
    if model.fields.iter().any(FieldMeta::is_computed) {
        return update_and_read(row, db, update, operation, read).await;
    }
    Ok(execute(db, compile_update(update, db.dialect(), operation)?).await?.rows_affected)
}

/// As [`update_fields`], and the row takes its generated columns as they are then.
async fn update_and_read<E: Executor>(
    row: &mut dyn AnyRow,
    db: &E,
    update: Update,
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Result<u64> {
    let returning = compile_update_returning(update.clone(), db.dialect(), operation)?;
    let fresh = if let Some(sql) = returning {
        fetch_any(db, sql, read).await?
    } else {
        let sql = compile_update(update, db.dialect(), operation)?;
        let query = compile_select(this_row(row)?.select, db.dialect(), operation)?;
        match together(db, operation, UpdateThenRead { sql, query, read }).await? {
            Some(rows) => rows,
            None => return Ok(0),
        }
    };
    Ok(u64::from(row.take_computed_of(fresh)?))
}

/// Changes a row, and reads it.
struct UpdateThenRead<B: Backend> {
    sql: CompiledSql,
    query: CompiledSql,
    read: AsAny<B>,
}

impl<B: Backend> Work<B> for UpdateThenRead<B> {
    type Out = Option<Box<dyn AnyRows>>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Option<Box<dyn AnyRows>>> {
        match execute(db, self.sql).await?.rows_affected {
            0 => Ok(None),
            _ => fetch_any(db, self.query, self.read).await.map(Some),
        }
    }
}
