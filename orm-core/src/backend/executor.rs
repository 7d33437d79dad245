//! Who can run a query: what a database, a connection and a transaction share.

use std::any::Any;
use std::future::Future;

use chrono::{DateTime, Utc};

use super::{BoxSink, Connection, Cursor, Executed, Observed, PoolStatus, Queries};
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

    /// What events tell of it.
    fn observed(&self) -> &Observed {
        Observed::unknown()
    }

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

    /// What reads a query's rows in chunks.
    type Cursor: Cursor<Self::Backend>;

    /// What several statements run on as one: see [`Block`].
    type Block: Block<Backend = Self::Backend>;

    /// Which SQL it speaks.
    fn dialect(&self) -> Dialect;

    /// What events tell of the database behind it.
    fn observed(&self) -> &Observed {
        Observed::unknown()
    }

    /// See [`Connection::execute`].
    fn execute(&self, sql: CompiledSql) -> impl Future<Output = Result<Executed>> + Send;

    /// See [`Connection::query`].
    fn query(
        &self,
        sql: CompiledSql,
        sink: BoxSink<Self::Backend>,
    ) -> impl Future<Output = Result<BoxSink<Self::Backend>>> + Send;

    /// See [`Connection::query_all`].
    fn query_all(
        &self,
        queries: Queries<Self::Backend>,
    ) -> impl Future<Output = Result<Vec<BoxSink<Self::Backend>>>> + Send;

    /// Opens a query to be read in chunks: on a connection of its own, or between other statements of a transaction.
    fn cursor(&self, sql: CompiledSql) -> impl Future<Output = Result<Self::Cursor>> + Send;

    /// Opens a block of statements that take effect together or not at all: a database opens a transaction, a
    /// transaction a savepoint. `exec::atomically` is the way to use it.
    fn open_block(&self, operation: Operation) -> impl Future<Output = Result<Self::Block>> + Send;

    /// Whether what it runs is part of something that takes effect later. An operation that is not may be tried again as a
    /// whole.
    fn in_transaction(&self) -> bool {
        true
    }

    /// The time that `auto_now` and `auto_now_add` write. Tests set it for a database; an executor around another one hands
    /// it on.
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// See [`Connection::batch`].
    fn batch(&self, sql: &str) -> impl Future<Output = Result<()>> + Send;

    /// What is called around writes. An executor that wraps another passes on what that says; otherwise no hooks run
    /// behind it.
    fn attached(&self) -> Attached<'_> {
        Attached::default()
    }
}

/// What hooks need of an executor. Untyped, because this layer knows neither hooks nor transactions.
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub struct Attached<'x> {
    /// The `Hooks` of the database, if it has any.
    pub hooks: Option<&'x (dyn Any + Send + Sync)>,
    /// The `Transaction` behind the executor, if there is one.
    pub transaction: Option<&'x (dyn Any + Send + Sync)>,
}

impl<'x> Attached<'x> {
    /// These hooks, in this transaction.
    pub(crate) fn new(
        hooks: Option<&'x (dyn Any + Send + Sync)>,
        transaction: Option<&'x (dyn Any + Send + Sync)>,
    ) -> Self {
        Attached { hooks, transaction }
    }
}

/// A transaction or savepoint, opened by [`Executor::open_block`]. Dropped before its end it is rolled back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no transaction",
    label = "expected `&Transaction<…>`",
    note = "rows are locked until the transaction ends: open one with `db.atomic(async |tx| …)`, and pass `tx`"
)]
pub trait Block: Executor<Block = Self, Cursor: 'static> + Sized + 'static {
    /// Whether it refuses to write.
    fn is_read_only(&self) -> bool;

    /// A number that no other block of the program has.
    fn number(&self) -> u64;

    /// The span that what runs in the block belongs to, where anybody listens.
    fn span(&self) -> Option<&tracing::Span> {
        None
    }

    /// Ends the block: what it did takes effect.
    fn commit_block(self) -> impl Future<Output = Result<()>> + Send;

    /// Ends the block: what it did is undone.
    fn roll_back_block(self) -> impl Future<Output = Result<()>> + Send;
}
