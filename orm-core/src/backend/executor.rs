//! Who can run a query: what a database, a connection and a transaction share.

use std::future::Future;

use super::{BoxSink, Connection, Cursor, Executed, PoolStatus};
use crate::compile::{Access, CompiledSql, Dialect, Operation};
use crate::error::Result;
use crate::value::Row;

/// A database with its pool; implemented once per driver crate, and by `AnyDatabase`.
pub trait Backend: Send + Sync + Sized + 'static {
    /// The driver's row.
    type Row<'r>: Row;
    /// A connection from the pool.
    type Connection: Connection<Self>;
    /// An open cursor.
    type Cursor: Cursor<Self>;

    /// Which SQL it speaks.
    fn dialect(&self) -> Dialect;

    /// Takes a connection out of the pool, opening one where allowed.
    fn acquire(
        &self,
        access: Access,
        operation: Operation,
    ) -> impl Future<Output = Result<Self::Connection>> + Send;

    /// The pool's gauges.
    fn status(&self) -> PoolStatus;

    /// Closes the pool: waiting callers get an error, idle connections end, busy ones end when they come back.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// Runs statements: a database (each statement on a connection of its own) or a transaction.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run queries",
    label = "expected `&Database<…>` or `&Transaction<…>`",
    note = "pass the database that `orm::sqlite::connect` (or `postgres`, `mysql`) gave, by reference: `.all(&db)`"
)]
pub trait Executor: Send + Sync {
    /// The database behind it.
    type Backend: Backend;

    /// Which SQL it speaks.
    fn dialect(&self) -> Dialect;

    /// See [`Connection::execute`].
    fn execute(&self, sql: CompiledSql) -> impl Future<Output = Result<Executed>> + Send;

    /// See [`Connection::query`].
    fn query(
        &self,
        sql: CompiledSql,
        sink: BoxSink<Self::Backend>,
    ) -> impl Future<Output = Result<BoxSink<Self::Backend>>> + Send;

    /// See [`Connection::cursor`].
    fn cursor(
        &self,
        sql: CompiledSql,
    ) -> impl Future<Output = Result<<Self::Backend as Backend>::Cursor>> + Send;

    /// See [`Connection::batch`].
    fn batch(&self, sql: &str) -> impl Future<Output = Result<()>> + Send;
}
