//! Writes that give the rows back: `update_returning`, `delete_returning`.
//!
//! One statement with RETURNING where the database has it and the row itself is all that is read. Otherwise the same in
//! several, as one block: the rows are locked, so that nobody else changes them meanwhile, then changed and read by their
//! keys, or read and deleted.

use std::future::Future;

use super::answer::answer;
use super::delete::{BATCH, delete, is_enforced, lock_keys, with_values};
use super::hooks::{HookedUpdate, SAVING, hooked, watches, watches_deletion};
use super::soft_delete::keep_deletable;
use super::transaction::{Work, together};
use super::write::update_rows;
use crate::ast::{Assignment, Delete, Update};
use crate::backend::{Backend, Executor};
use crate::compile::{
    Operation, Reading, compile_delete_returning, compile_update, compile_update_returning,
};
use crate::error::{Error, Result};
use crate::model::{Model, Root};
use crate::queryset::{Assignments, Query, QuerySet, Shape};
use crate::value::Value;

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Changes all rows, as [`QuerySet::update`] does, and gives them back as they are then, in no particular order. What is
    /// read of a row is what the queryset reads: the model, `values`, a projection, related rows.
    ///
    /// One statement (`UPDATE … RETURNING`) on PostgreSQL and SQLite, as long as only the row itself is read. Related rows
    /// take more statements, and so does everything on MySQL and MariaDB, which have no such UPDATE: there the rows are
    /// locked, changed, and read, in a transaction or in a savepoint of the one that runs; also where
    /// [`with_hooks`](QuerySet::with_hooks) says that [hooks](crate::exec::hooks) are called.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let popular = Post::objects().filter(|p| p.views.gt(50));
    /// let mut changed: Vec<Post> = popular.update_returning(&db, |p| p.views.set(p.views * 2)).await?;
    /// changed.sort_by_key(|post| post.id);
    /// assert_eq!(changed.iter().map(|post| post.views).collect::<Vec<_>>(), [240, 110]);
    ///
    /// let least = Post::objects().order_by(|p| p.views).limit(1).values(|p| (p.id, p.views));
    /// assert_eq!(least.update_returning(&db, |p| p.views.set(p.views + 1)).await?, [(2, 8)]);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::update`]; [`Error::InvalidQuery`] when what is read is not about single rows: aggregates, windows,
    /// distinct values; [`Error::Unsupported`] when it takes several statements and a field of the key is set.
    #[track_caller]
    pub fn update_returning<E: Executor, A: Assignments<M>>(
        self,
        db: &E,
        values: impl FnOnce(M::Fields<Root<M>>) -> A,
    ) -> impl Future<Output = Result<Vec<S::Out>>> + Send {
        let operation = Operation::called(M::META.name, "update_returning");
        let assignments = values(Self::fields()).into_assignments();
        let QuerySet { mut query, shape } = self;
        async move {
            query.check()?;
            if assignments.is_empty() {
                return Err(Error::InvalidQuery("`update_returning` was given nothing to set".into()));
            }
            query.apply_order_of_slice();
            let empty = query.is_empty();
            let rows = query.select.clone();
            let update = Update { model: M::META, assignments, rows };
            // Also where several statements are needed: a mistake is reported although no row would change.
            let assignments = update.assignments.clone();
            let direct = compile_update_returning(update, db.dialect(), operation)?;
            let hooked = query.hooks.if_called() && watches(db, M::META, SAVING);
            let direct = direct.filter(|_| !S::INCOMPLETE && !hooked);
            if direct.is_none() {
                check_key(&assignments, db)?;
                let rows = query.select.clone();
                compile_update(
                    Update { model: M::META, assignments: assignments.clone(), rows },
                    db.dialect(),
                    operation,
                )?;
            }
            if empty {
                return Ok(Vec::new());
            }
            match direct {
                Some(sql) => answer(db, Ok(Some(sql)), shape).await,
                None => {
                    together(db, operation, Change { query, assignments, shape, operation, hooked }).await
                }
            }
        }
    }

    /// Deletes all rows, as [`QuerySet::delete`] does, and gives them back as they were, in no particular order. What is read
    /// of a row is what the queryset reads: the model, `values`, a projection, related rows.
    ///
    /// One statement (`DELETE … RETURNING`) on PostgreSQL, MariaDB and SQLite, as long as only the row itself is read and the
    /// database does what is to be done about rows that point at it. Otherwise the rows are locked, read, and deleted, in a
    /// transaction or in a savepoint of the one that runs. [Hooks](crate::exec::hooks) are called as [`QuerySet::delete`] does.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let oldest = Post::objects().order_by(|p| p.id).limit(1);
    /// let gone: Vec<Post> = oldest.delete_returning(&db).await?;
    /// assert_eq!(gone[0].title, "Hello");
    /// assert_eq!(Post::objects().count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::delete`]; [`Error::InvalidQuery`] when what is read is not about single rows: aggregates, windows,
    /// distinct values.
    #[track_caller]
    pub fn delete_returning<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Vec<S::Out>>> + Send + use<'e, E, M, S> {
        let operation = Operation::called(M::META.name, "delete_returning");
        let QuerySet { mut query, shape } = self;
        async move {
            query.check()?;
            if M::META.soft_delete.is_some() && !keep_deletable(&mut query)? {
                return Ok(Vec::new());
            }
            query.apply_order_of_slice();
            let removal = Delete { model: M::META, rows: query.select.clone() };
            let direct = compile_delete_returning(removal, db.dialect(), operation)?;
            if query.is_empty() {
                return Ok(Vec::new());
            }
            let enforced = M::META.soft_delete.is_none() && is_enforced(M::META, db.dialect().capability());
            let hooked = query.hooks.unless_left() && watches_deletion(db, M::META);
            match direct.filter(|_| enforced && !hooked && !S::INCOMPLETE) {
                Some(sql) => answer(db, Ok(Some(sql)), shape).await,
                None => together(db, operation, Removal { query, shape, operation }).await,
            }
        }
    }
}

/// Rows that are found by their keys must keep them.
fn check_key<E: Executor>(assignments: &[Assignment], db: &E) -> Result<()> {
    match assignments.iter().find(|set| set.field.primary_key) {
        Some(set) => Err(Error::unsupported(
            format!("giving back rows whose key `{}` is changed, as they are read here", set.field.name),
            db.dialect().name(),
        )),
        None => Ok(()),
    }
}

/// An UPDATE whose rows are locked before and read afterwards.
struct Change<S> {
    query: Query,
    assignments: Vec<Assignment>,
    shape: S,
    operation: Operation,
    hooked: bool,
}

impl<S: Shape, B: Backend> Work<B> for Change<S> {
    type Out = Vec<S::Out>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Vec<S::Out>> {
        let Change { query, assignments, shape, operation, hooked: with_hooks } = self;
        let keys = lock_keys(db, query.clone(), operation).await?;
        let fields: Vec<_> = query.model.key_fields().collect();
        for batch in keys.chunks(BATCH) {
            let these = with_values(query.model, &fields, batch.to_vec());
            if with_hooks {
                let update = HookedUpdate { query: these, assignments: assignments.clone(), operation };
                hooked(db, operation, update).await?;
                continue;
            }
            update_rows(db, these, assignments.clone(), operation).await?;
        }
        read_locked(db, &query, &keys, &shape, operation).await
    }
}

/// A DELETE whose rows are locked and read before.
struct Removal<S> {
    query: Query,
    shape: S,
    operation: Operation,
}

impl<S: Shape, B: Backend> Work<B> for Removal<S> {
    type Out = Vec<S::Out>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Vec<S::Out>> {
        let Removal { query, shape, operation } = self;
        let keys = lock_keys(db, query.clone(), operation).await?;
        let rows = read_locked(db, &query, &keys, &shape, operation).await?;
        let fields: Vec<_> = query.model.key_fields().collect();
        for batch in keys.chunks(BATCH) {
            let mut these = with_values(query.model, &fields, batch.to_vec());
            these.hooks = query.hooks;
            delete(db, these, operation).await?;
        }
        Ok(rows)
    }
}

/// Reads rows that are locked, as they are now: where a plain SELECT may see older ones, by one that locks.
async fn read_locked<E: Executor, S: Shape>(
    db: &E,
    query: &Query,
    keys: &[Vec<Value>],
    shape: &S,
    operation: Operation,
) -> Result<Vec<S::Out>> {
    let mut rows = Vec::with_capacity(keys.len());
    for batch in keys.chunks(BATCH) {
        let mut sql = query.read_of(batch.to_vec()).compiled(db.dialect(), operation)?;
        sql.sql.push_str(db.dialect().reading(Reading::Latest));
        rows.extend(answer(db, Ok(Some(sql)), shape.clone()).await?);
    }
    Ok(rows)
}
