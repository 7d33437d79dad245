//! `copy_in`: new rows from a stream, in constant memory.
//!
//! Rows are gathered to a few thousand, which are sent as one statement, on PostgreSQL by COPY. A single COPY as long as the
//! stream would hold the statement's time limit against whoever makes the rows, and could not be ended by the stream.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use chrono::{DateTime, Utc};
use futures_core::Stream;

use super::chunk::{Limits, chunks, size};
use super::count::BlindInserts;
use super::draft::{Group, Groups};
use crate::backend::Executor;
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::exec::create::misplaced;
use crate::exec::transaction::{Work, atomically};
use crate::model::new_values::NewValues;
use crate::model::{Model, NewModel};
use crate::queryset::{HookChoice, QuerySet};

/// Most rows that are held at a time.
const ROWS: usize = 8_192;
/// About how many bytes of them, at most, and one row more.
const BYTES: usize = 8 << 20;

impl<M: Model> QuerySet<M> {
    /// Inserts all rows of a stream, all or none, and gives their number. However many there are, only some thousand are held
    /// in memory at a time. Nothing is read back, and no [hooks](crate::exec::hooks) are called: to ask for them is an error.
    ///
    /// PostgreSQL gets them by COPY, other databases by the statements of [`QuerySet::bulk_create`]. It is one transaction, or a
    /// savepoint of the one that runs, that is open for as long as the stream takes. The stream must not use a transaction
    /// that it is copied into.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// use futures_util::stream;
    ///
    /// let users = stream::iter(0..50_000).map(|n| User::draft().username(format!("user {n}")));
    /// # use futures_util::StreamExt;
    /// assert_eq!(User::objects().copy_in(&db, users).await?, 50_000);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A value does not fit its field, a constraint is violated, or the database fails; then there is none of the rows.
    #[track_caller]
    pub fn copy_in<E, N, R>(self, db: &E, rows: R) -> impl Future<Output = Result<u64>> + Send
    where
        E: Executor,
        N: Into<M::New>,
        R: Stream<Item = N> + Send,
    {
        let operation = Operation::called(M::META.name, "copy_in");
        copied::<M, _, _, Error>(db, self.query.hooks, Surely(Box::pin(rows)), operation)
    }

    /// As [`copy_in`](QuerySet::copy_in), from a stream that can fail, such as one that reads a file: then there is none of
    /// the rows, and the stream's error is what is given.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// use futures_util::stream;
    ///
    /// let user = |line: &'static str| match line {
    ///     "" => Err(orm::Error::InvalidQuery("an empty line".into())),
    ///     name => Ok(User::draft().username(name)),
    /// };
    /// let users = stream::iter(["eve", ""].map(user));
    /// assert!(User::objects().try_copy_in(&db, users).await.is_err());
    /// assert_eq!(User::objects().count(&db).await?, 2);   // Eve is not there
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The stream's, or as [`copy_in`](QuerySet::copy_in).
    #[track_caller]
    pub fn try_copy_in<E, N, X, R>(self, db: &E, rows: R) -> impl Future<Output = Result<u64, X>> + Send
    where
        E: Executor,
        N: Into<M::New>,
        X: From<Error> + Send,
        R: Stream<Item = Result<N, X>> + Send,
    {
        let operation = Operation::called(M::META.name, "try_copy_in");
        copied::<M, _, _, X>(db, self.query.hooks, rows, operation)
    }
}

/// A stream that cannot fail.
struct Surely<R>(Pin<Box<R>>);

impl<R: Stream> Stream for Surely<R> {
    type Item = Result<R::Item>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context).map(|row| row.map(Ok))
    }
}

async fn copied<M, N, R, X>(
    db: &impl Executor,
    hooks: HookChoice,
    rows: R,
    operation: Operation,
) -> Result<u64, X>
where
    M: Model,
    N: Into<M::New>,
    R: Stream<Item = Result<N, X>> + Send,
    X: From<Error> + Send,
{
    if hooks.if_called() {
        let what = "a stream of rows is copied without hooks: `bulk_create` calls them";
        return Err(Error::InvalidQuery(what.into()).into());
    }
    let mut rows = pin!(rows);
    let limits = Limits::of(db.dialect().capability(), None);
    let (first, mut more) = gathered::<M, N, R, X>(rows.as_mut(), db.now(), limits).await?;
    let insert = |groups| BlindInserts { model: M::META, chunks: chunks(groups, limits), operation };
    let first = insert(first);
    if !more && first.chunks.len() <= 1 {
        return Ok(first.run(db).await?);
    }
    atomically(db, operation, async |block| {
        let mut copied = first.run(block).await?;
        while more {
            let groups;
            (groups, more) = gathered::<M, N, R, X>(rows.as_mut(), db.now(), limits).await?;
            copied += insert(groups).run(block).await?;
        }
        Ok(copied)
    })
    .await
}

/// The next rows, and whether there may be more.
async fn gathered<M, N, R, X>(
    mut rows: Pin<&mut R>,
    now: DateTime<Utc>,
    limits: Limits,
) -> Result<(Vec<Group>, bool), X>
where
    M: Model,
    N: Into<M::New>,
    R: Stream<Item = Result<N, X>>,
    X: From<Error>,
{
    let mut gathered = Groups::new(M::META, None, limits, 0);
    let mut values = NewValues::default();
    let (mut count, mut bytes) = (0_usize, 0_usize);
    let mut more = true;
    while more && count < ROWS && bytes < BYTES {
        match poll_fn(|context| rows.as_mut().poll_next(context)).await {
            Some(row) => {
                row?.into().put_values(now, &mut values);
                let values = values.values().map_err(|(at, error)| misplaced(M::META, at, error))?;
                bytes = values.iter().flatten().map(size).fold(bytes, usize::saturating_add);
                gathered.push(values)?;
                count += 1;
            }
            None => more = false,
        }
    }
    Ok((gathered.all, more))
}
