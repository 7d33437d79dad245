//! Rows that are complete only after further queries: these run together, level by level.

use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::Pin;
use std::task::Poll;

use super::run::{query_all, rows};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::queryset::Shape;
use crate::queryset::load::{Kept, Prefetch, Prefetches};

/// Completes rows, wherever they are.
pub(crate) type Completing<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Completes rows of this shape, in the order in which they were read.
pub(crate) fn complete<'a, E: Executor, S: Shape>(
    db: &'a E,
    shape: &'a S,
    rows: &'a mut [S::Out],
    from: Option<&'static Location<'static>>,
) -> Completing<'a> {
    complete_kept(db, shape, shape.kept(), rows, from)
}

/// Completes rows of this shape, with what was kept of them.
pub(crate) fn complete_kept<'a, E: Executor, S: Shape>(
    db: &'a E,
    shape: &'a S,
    kept: Kept,
    rows: &'a mut [S::Out],
    from: Option<&'static Location<'static>>,
) -> Completing<'a> {
    let mut prefetches = Prefetches::new(db.dialect());
    if !rows.is_empty() {
        shape.prefetches(rows.iter_mut().collect(), kept, &mut prefetches);
    }
    Box::pin(all(db, prefetches, from))
}

/// Runs queries that do not depend on each other, and those that follow from their rows. Not one after another: either they
/// are sent together, or they wait side by side, where the executor has several connections.
pub(crate) async fn all<'a, E: Executor>(
    db: &'a E,
    prefetches: Prefetches<'a, E::Backend>,
    from: Option<&'static Location<'static>>,
) -> Result<()> {
    let prefetches = prefetches.into_vec();
    if db.dialect().capability().pipelining && prefetches.len() > 1 {
        return together(db, prefetches, from).await;
    }
    let mut running: Vec<Completing<'a>> =
        prefetches.into_iter().map(|prefetch| one(db, prefetch, from)).collect();
    if let [only] = running.as_mut_slice() {
        return only.await;
    }
    poll_fn(|context| {
        let mut failed = None;
        running.retain_mut(|query| match query.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(Ok(())) => false,
            Poll::Ready(Err(error)) => {
                failed.get_or_insert(error);
                false
            }
        });
        match failed {
            // The others are given up: their connections see to it that nothing is left behind.
            Some(error) => Poll::Ready(Err(error)),
            None if running.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}

type Asking<'a, B> = Box<dyn Prefetch<'a, B> + 'a>;

/// Level by level: the queries of one are sent before the first of them is answered.
async fn together<'a, E: Executor>(
    db: &'a E,
    mut level: Vec<Asking<'a, E::Backend>>,
    from: Option<&'static Location<'static>>,
) -> Result<()> {
    while !level.is_empty() {
        let mut asked = Vec::with_capacity(level.len());
        let mut queries = Vec::with_capacity(level.len());
        for mut prefetch in level {
            let Some((query, sink)) = prefetch.ask()? else { continue };
            let operation = operation(&*prefetch, from);
            match query.asked(db.dialect(), operation)? {
                Some(sql) => queries.push((sql, sink)),
                None => continue,
            }
            asked.push(prefetch);
        }
        let sinks = query_all(db, queries).await?;
        level = Vec::new();
        for (prefetch, sink) in asked.into_iter().zip(sinks) {
            level.extend(prefetch.take(sink)?.into_vec());
        }
    }
    Ok(())
}

fn one<'a, E: Executor>(
    db: &'a E,
    mut prefetch: Asking<'a, E::Backend>,
    from: Option<&'static Location<'static>>,
) -> Completing<'a> {
    Box::pin(async move {
        let Some((query, sink)) = prefetch.ask()? else { return Ok(()) };
        let sink = rows(db, query, sink, operation(&*prefetch, from)).await?;
        let further = prefetch.take(sink)?;
        all(db, further, from).await
    })
}

fn operation<'a, B: Backend>(
    prefetch: &(dyn Prefetch<'a, B> + 'a),
    from: Option<&'static Location<'static>>,
) -> Operation {
    let relation = prefetch.relation();
    let operation = Operation::new((relation.to)().name, "prefetch").following(relation);
    match from {
        Some(from) => operation.at(from),
        None => operation,
    }
}
