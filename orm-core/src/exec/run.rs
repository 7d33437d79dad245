//! The front door: a statement goes to the executor, rows come back as values.
//!
//! What every statement passes through is an `async` block and no `async fn`, here and in drivers: a block holds once what it
//! was given, a function holds it a second time as its argument.
//!
//! Here each statement's future is boxed: it is large, with the pool, the driver and the timers in it. What waits for it would
//! be as large, and would be moved; and a user's compiler would describe all of it to the debugger in each part of a crate that
//! waits for a statement, which takes it as long as all the rest.

use std::future::Future;
use std::pin::{Pin, pin};

use super::log::Statement;
use super::row_limit::limited;
use super::value_limit::check_lengths;
use crate::backend::{
    BoxSink, Decode, Executed, Executor, Queries, collect, into_collected, into_kept, keep,
};
use crate::compile::{CompiledSql, Operation};
use crate::error::{Result, ValueError};
use crate::queryset::Query;
use crate::value::{FieldType, Row};

/// Runs a query; each row becomes what `decode` makes of it, where the driver has it.
pub(crate) async fn fetch<E: Executor, D: Decode>(
    db: &E,
    sql: CompiledSql,
    decode: D,
) -> Result<Vec<D::Out>> {
    let sink = query(db, sql, collect::<E::Backend, D>(decode)).await?;
    Ok(into_collected::<E::Backend, D>(sink)?.1)
}

/// Runs a query that gives at most one row, which becomes what `decode` makes of it, where the driver has it.
pub(crate) fn fetch_one<'e, E: Executor, D: Decode>(
    db: &'e E,
    sql: CompiledSql,
    decode: D,
) -> impl Future<Output = Result<Option<D::Out>>> + Send + use<'e, E, D> {
    let sink = keep::<E::Backend, D>(decode);
    async move { into_kept::<E::Backend, D>(pin!(query(db, sql, sink)).await?) }
}

/// A statement that runs.
pub(crate) type Running<'e, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'e>>;

/// Runs a queryset's query. Only the sink knows the rows' type, so this is compiled once for each kind of database.
pub(crate) async fn rows<E: Executor>(
    db: &E,
    asked: Query,
    sink: BoxSink<E::Backend>,
    operation: Operation,
) -> Result<BoxSink<E::Backend>> {
    match asked.asked(db.dialect(), operation)? {
        Some(sql) => query(db, sql, sink).await,
        None => Ok(sink),
    }
}

/// Runs a statement without rows.
pub(crate) fn execute<E: Executor>(db: &E, sql: CompiledSql) -> Running<'_, Executed> {
    Box::pin(async move {
        check_lengths(db, &sql)?;
        let statement = Statement::starts(db, &sql);
        let done = statement.around(pin!(db.execute(sql))).await;
        statement.ends(done)
    })
}

/// Runs a statement with rows.
pub(crate) fn query<E: Executor>(
    db: &E,
    sql: CompiledSql,
    sink: BoxSink<E::Backend>,
) -> Running<'_, BoxSink<E::Backend>> {
    Box::pin(async move {
        check_lengths(db, &sql)?;
        let statement = Statement::starts(db, &sql);
        let sink = statement.counts(limited(db, &sql, sink));
        let done = statement.around(pin!(db.query(sql, sink))).await;
        statement.ends_with(done)
    })
}

/// Runs queries that do not depend on each other, on one connection; where the driver can it sends all before the first is
/// answered.
pub(crate) async fn query_all<E: Executor>(
    db: &E,
    queries: Queries<E::Backend>,
) -> Result<Vec<BoxSink<E::Backend>>> {
    queries.iter().try_for_each(|(sql, _)| check_lengths(db, sql))?;
    let (statements, queries): (Vec<_>, Vec<_>) = queries
        .into_iter()
        .map(|(sql, sink)| {
            let statement = Statement::starts(db, &sql);
            let sink = statement.counts(limited(db, &sql, sink));
            (statement, (sql, sink))
        })
        .unzip();
    match db.query_all(queries).await {
        Ok(sinks) => {
            statements.into_iter().zip(sinks).map(|(statement, sink)| statement.ends_with(Ok(sink))).collect()
        }
        Err(error) => {
            // They are one exchange: with one of them the others came to nothing.
            for statement in statements {
                let _ = statement.ends_with::<E::Backend>(Err(error.clone()));
            }
            Err(error)
        }
    }
}

/// Reads one integer.
pub(super) struct Integer;

impl Decode for Integer {
    type Out = i64;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<i64> {
        <i64 as FieldType>::from_row(row, 0)?.ok_or_else(|| ValueError::UnexpectedNull.into())
    }
}

/// Reads nothing: that there is a row is enough.
pub(super) struct Present;

impl Decode for Present {
    type Out = ();

    fn decode<R: Row + ?Sized>(&self, _row: &mut R) -> Result<()> {
        Ok(())
    }
}
