//! The rows that a statement gives, as the future of a terminal method. A crate has one of these for each kind of row that it
//! reads, so what is known without the row's type is done once for each kind of database, and the future around it is no state
//! machine: that would be compiled as often as there are models.

use std::future::{self, Future};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::prefetch::complete;
use super::run::{Running, query};
use crate::backend::{
    Backend, BoxSink, Executor, Expected, Take, collect, collected, into_collected, into_rows,
};
use crate::compile::{CompiledSql, Operation};
use crate::error::Result;
use crate::model::Model;
use crate::queryset::{Query, Shape};

/// Completes the rows in a sink.
type Completes<'e, E> =
    fn(&'e E, BoxSink<<E as Executor>::Backend>, Option<&'static Location<'static>>) -> Completed<'e, E>;

type Completed<'e, E> = Running<'e, BoxSink<<E as Executor>::Backend>>;

/// What completes rows of this shape, where further queries do.
pub(super) const fn completes<'e, E: Executor, S: Shape>() -> Option<Completes<'e, E>> {
    if S::INCOMPLETE { Some(completed::<E, S>) } else { None }
}

fn completed<'e, E: Executor, S: Shape>(
    db: &'e E,
    sink: BoxSink<E::Backend>,
    from: Option<&'static Location<'static>>,
) -> Completed<'e, E> {
    Box::pin(async move {
        let (shape, mut rows) = into_collected::<E::Backend, S>(sink)?;
        complete(db, &shape, &mut rows, from).await?;
        Ok(collected::<E::Backend, S>(shape, rows))
    })
}

/// The rows that a statement gives, complete; none without a statement.
pub(super) fn answer<'e, E: Executor, S: Shape>(
    db: &'e E,
    sql: Result<Option<CompiledSql>>,
    shape: S,
) -> impl Future<Output = Result<Vec<S::Out>>> + Send + use<'e, E, S> {
    let sink = collect::<E::Backend, S>(shape);
    Answer {
        answered: answered(db, sql, sink, const { completes::<E, S>() }),
        take: into_rows::<E::Backend, S>,
        expected: Expected::several(<S::Model as Model>::META.name),
    }
}

/// The last row, if there is one.
pub(super) fn last_row<B: Backend, S: Shape>(sink: BoxSink<B>, expected: Expected) -> Result<Option<S::Out>> {
    match into_rows::<B, S>(sink, expected) {
        Ok(mut rows) => Ok(rows.pop()),
        Err(error) => Err(error),
    }
}

/// What `take` makes of the sink that `answered` gives.
pub(super) struct Answer<'e, B, T> {
    pub(super) answered: Running<'e, BoxSink<B>>,
    pub(super) take: Take<B, T>,
    pub(super) expected: Expected,
}

impl<B: Backend, T> Future for Answer<'_, B, T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let this = self.get_mut();
        Poll::Ready(match ready!(this.answered.as_mut().poll(context)) {
            Ok(sink) => (this.take)(sink, this.expected),
            Err(error) => Err(error),
        })
    }
}

/// The answer to a query after this last step. The statement is made at once: it is smaller than the query.
pub(super) fn asked<'e, E: Executor>(
    db: &'e E,
    query: Query,
    last: fn(&mut Query),
    operation: Operation,
    sink: BoxSink<E::Backend>,
    completes: Option<Completes<'e, E>>,
) -> Running<'e, BoxSink<E::Backend>> {
    answered(db, query.asked_after(last, db.dialect(), operation), sink, completes)
}

/// The answer, complete.
pub(super) fn answered<'e, E: Executor>(
    db: &'e E,
    sql: Result<Option<CompiledSql>>,
    sink: BoxSink<E::Backend>,
    completes: Option<Completes<'e, E>>,
) -> Running<'e, BoxSink<E::Backend>> {
    let sql = match sql {
        Ok(Some(sql)) => sql,
        Ok(None) => return Box::pin(future::ready(Ok(sink))),
        Err(error) => return Box::pin(future::ready(Err(error))),
    };
    let location = sql.operation.location;
    let answer = query(db, sql, sink);
    match completes {
        Some(completes) => Box::pin(async move { completes(db, answer.await?, location).await }),
        None => answer,
    }
}
