//! How many rows a queryset has, and whether it has any.

use std::future::Future;

use super::answer::{Answer, answered};
use super::run::{Integer, Present};
use crate::backend::{Backend, BoxSink, Decode, Executor, Expected, Take, into_kept, keep};
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::queryset::Query;

/// The number of a queryset's rows.
pub(crate) fn count<'e, E: Executor>(
    db: &'e E,
    asked: Query,
    operation: Operation,
) -> impl Future<Output = Result<u64>> + Send + use<'e, E> {
    told(db, asked.counting(), operation, Integer, number::<E::Backend>)
}

fn number<B: Backend>(sink: BoxSink<B>, _: Expected) -> Result<u64> {
    // Without a statement there is no row.
    let count = into_kept::<B, Integer>(sink)?.unwrap_or(0);
    u64::try_from(count)
        .map_err(|_| Error::InvalidQuery("the database counted a negative number of rows".into()))
}

/// Whether a queryset has a row.
pub(crate) fn exists<'e, E: Executor>(
    db: &'e E,
    asked: Query,
    operation: Operation,
) -> impl Future<Output = Result<bool>> + Send + use<'e, E> {
    told(db, asked.existing(), operation, Present, presence::<E::Backend>)
}

fn presence<B: Backend>(sink: BoxSink<B>, _: Expected) -> Result<bool> {
    Ok(into_kept::<B, Present>(sink)?.is_some())
}

/// What one row, which `row` reads, says of a queryset.
fn told<'e, E: Executor, T>(
    db: &'e E,
    asked: Query,
    operation: Operation,
    row: impl Decode,
    take: Take<E::Backend, T>,
) -> Answer<'e, E::Backend, T> {
    let sql = asked.asked(db.dialect(), operation);
    let answered = answered(db, sql, keep::<E::Backend, _>(row), None);
    Answer { answered, take, expected: Expected::one(operation.model) }
}
