//! Deletion: one statement where the database does the rest, otherwise the rows that are deleted together are collected.

mod carry_out;
mod collect;
mod deleted;
mod graph;
mod layers;
mod new_key;
mod protected;
mod rows;

pub(super) use graph::groups;
pub(super) use new_key::time_of;

use std::future::Future;

pub(super) use collect::{BATCH, is_there_locked, lock_keys, read_locked, read_values, with_values};
pub use deleted::Deleted;
pub(super) use graph::{cascading, is_enforced};
pub(super) use rows::RowKey;

use super::hooks::{Around, AroundDeletion, HookedWork, hooked, watches_deletion};
use super::run::execute;
use super::soft_delete::delete_softly;
use super::transaction::atomically;
use crate::ast::Delete;
use crate::backend::{Backend, Executor};
use crate::compile::{Operation, compile_delete};
use crate::error::Result;
use crate::model::Model;
use crate::queryset::{Query, QuerySet, Shape};

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Deletes all rows and gives their number. Rows that point at them are dealt with as their `on_delete` says: by the
    /// database, so that this is one statement, unless a relation of which the model knows the other side is `protect`,
    /// `restrict` or `set(…)`. Then it is [`QuerySet::delete_collected`], and gives how many of these rows there were.
    ///
    /// So it is where [hooks](crate::exec::hooks) are to be called for these rows, or for rows that are deleted with them.
    /// They are called for each row, unless [`without_hooks`](QuerySet::without_hooks) says otherwise.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let deleted = Post::objects().filter(|p| p.author.username.eq("ann")).delete(&db).await?;
    /// assert_eq!(deleted, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Protected`](crate::Error::Protected) when rows are still needed and their model knows by which relation,
    /// otherwise a violated foreign key; or the database fails.
    #[track_caller]
    pub fn delete<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<u64>> + Send + use<'e, E, M, S> {
        delete(db, self.query, Operation::called(M::META.name, "delete"))
    }

    /// Deletes all rows and those that cascade with them, finding them one relation after another, and says how many there
    /// were of each model. Works to any depth, around circles, and for tables whose foreign keys do not cascade by
    /// themselves.
    ///
    /// All of it is one transaction, or a savepoint of the one that runs, and the rows found are locked: whoever wants to
    /// point at one of them waits, and is then refused by the foreign key in the database.
    ///
    /// Only relations count of which a model knows the other side: `has_many`, `has_one`, `many_to_many`. Calls
    /// [hooks](crate::exec::hooks): for all rows before the first is deleted, and for all when the last one is.
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
    ///     #[field(on_delete = cascade)]
    ///     author: ForeignKey<Author>,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Author, Book]).await?;
    /// # let author = Author::objects().create(&db, |a| a).await?;
    /// # for _ in 0..2 { Book::objects().create(&db, |b| b.author(&author)).await?; }
    /// let deleted = Author::objects().delete_collected(&db).await?;
    /// assert_eq!(deleted.total, 3);
    /// assert_eq!(deleted.of::<Book>(), 2);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::delete`].
    #[track_caller]
    pub fn delete_collected<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Deleted>> + Send + use<'e, E, M, S> {
        delete_collected(db, self.query, Operation::called(M::META.name, "delete_collected"))
    }
}

/// Deletes the rows of a query; gives their number.
pub(super) async fn delete<E: Executor>(db: &E, mut query: Query, operation: Operation) -> Result<u64> {
    query.check()?;
    if query.is_empty() {
        return Ok(0);
    }
    if query.model.soft_delete.is_some() {
        return delete_softly(db, query, operation).await;
    }
    delete_for_good(db, query, operation).await
}

/// Deletes the rows of a query, also where they otherwise stay; gives their number.
pub(super) async fn delete_for_good<E: Executor>(
    db: &E,
    mut query: Query,
    operation: Operation,
) -> Result<u64> {
    query.check()?;
    if query.is_empty() {
        return Ok(0);
    }
    let hooked = query.hooks.unless_left() && watches_deletion(db, query.model);
    if hooked || !graph::is_enforced(query.model, db.dialect().capability()) {
        return Ok(collect_and_delete(db, query, operation).await?.asked);
    }
    query.apply_order_of_slice();
    query.forget_left_out();
    let delete = Delete { model: query.model, rows: query.select };
    Ok(execute(db, compile_delete(delete, db.dialect(), operation)?).await?.rows_affected)
}

/// Deletes the rows of a query, and those that are deleted with them.
pub(super) async fn delete_collected<E: Executor>(
    db: &E,
    mut query: Query,
    operation: Operation,
) -> Result<Deleted> {
    query.check()?;
    if query.is_empty() {
        return Ok(Deleted::default());
    }
    if query.model.soft_delete.is_some() {
        let model = query.model;
        return Ok(Deleted::alone(model, delete_softly(db, query, operation).await?));
    }
    collect_and_delete(db, query, operation).await
}

async fn collect_and_delete<E: Executor>(db: &E, query: Query, operation: Operation) -> Result<Deleted> {
    if query.hooks.unless_left() && watches_deletion(db, query.model) {
        return hooked(db, operation, Hooked { query, operation }).await;
    }
    atomically(db, operation, async move |tx: &E::Block| {
        let plan = collect::collect(tx, query, &|_| false, operation).await?;
        carry_out::carry_out(tx, plan, operation).await
    })
    .await
}

/// A deletion with hooks around the rows that it finds.
struct Hooked {
    query: Query,
    operation: Operation,
}

impl<B: Backend> HookedWork<B> for Hooked {
    type Out = Deleted;

    async fn run<E: Executor<Backend = B>>(self, db: &E, around: &Around<'_, B>) -> Result<Deleted> {
        let Hooked { query, operation } = self;
        let looked_at = |model| AroundDeletion::is_for(around, model);
        let plan = collect::collect(db, query, &looked_at, operation).await?;
        let mut hooks = {
            let rows = plan.models.iter().map(|rows| (rows.model, rows.keys())).collect();
            AroundDeletion::read(db, around, rows, operation).await?
        };
        hooks.before(around).await?;
        let deleted = carry_out::carry_out(db, plan, operation).await?;
        hooks.after(around).await?;
        Ok(deleted)
    }
}
