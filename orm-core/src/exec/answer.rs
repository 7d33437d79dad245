//! The rows that a statement gives, as the future of a terminal method. A crate has one of these for each kind of row that it
//! reads, so what is known without the row's type is done once for each kind of database, and the future around it is no state
//! machine: that would be compiled as often as there are models.

use std::future::{self, Future};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::prefetch::complete;
use super::run::{Running, query};
use crate::backend::{Backend, BoxSink, Executor, collect, collected, into_collected, into_row, into_rows};
use crate::compile::{CompiledSql, Operation};
use crate::error::{Error, Result};
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
        take: all_rows::<E::Backend, S>,
        model: <S::Model as Model>::META.name,
    }
}

/// What is made of the rows of a model in the sink in which they were collected.
pub(super) type Take<B, T> = fn(BoxSink<B>, &'static str) -> Result<T>;

/// All of them.
pub(super) fn all_rows<B: Backend, S: Shape>(sink: BoxSink<B>, _: &'static str) -> Result<Vec<S::Out>> {
    into_rows::<B, S>(sink)
}

/// The only one.
pub(super) fn only_row<B: Backend, S: Shape>(sink: BoxSink<B>, model: &'static str) -> Result<S::Out> {
    into_row::<B, S>(sink, refuse_several, model)
}

fn refuse_several(rows: usize, model: &'static str) -> Option<Error> {
    if rows > 1 { Some(Error::MultipleObjectsReturned { model }) } else { None }
}

/// The last one, which there must be.
pub(super) fn one_row<B: Backend, S: Shape>(sink: BoxSink<B>, model: &'static str) -> Result<S::Out> {
    into_row::<B, S>(sink, |_, _| None, model)
}

/// The last one, if there is one.
pub(super) fn last_row<B: Backend, S: Shape>(sink: BoxSink<B>, _: &'static str) -> Result<Option<S::Out>> {
    Ok(into_rows::<B, S>(sink)?.pop())
}

/// What `take` makes of the sink that `answered` gives.
pub(super) struct Answer<'e, B, T> {
    pub(super) answered: Running<'e, BoxSink<B>>,
    pub(super) take: Take<B, T>,
    pub(super) model: &'static str,
}

impl<B: Backend, T> Future for Answer<'_, B, T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let this = self.get_mut();
        Poll::Ready(match ready!(this.answered.as_mut().poll(context)) {
            Ok(sink) => (this.take)(sink, this.model),
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
