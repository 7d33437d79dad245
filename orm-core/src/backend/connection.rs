//! One connection, exclusively held, and the error contract for drivers.
//!
//! **Errors.** A driver reports database errors as [`crate::error::DatabaseError`] with the normalised kind, the SQLSTATE
//! or number as code, constraint, table and column where the server names them (parsed from MySQL's and SQLite's
//! messages), the statement's text, and its own error as source. A row sink's error is passed through unchanged.
//!
//! **Clean or closed.** Before anything is sent a connection marks itself busy and clears the mark when the reply is
//! complete. When the future of a call is dropped in between, the mark stays: [`super::PooledConnection::is_clean`]
//! is false, the pool discards the connection, and the driver cancels the statement in the server.

use std::future::{Future, ready};
use std::time::Duration;

use super::{Backend, BoxSink, LockKey, Queries};
use crate::compile::CompiledSql;
use crate::error::{Error, Result};

/// What a statement without rows did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Executed {
    /// Rows inserted, deleted or *matched* by an update (not only changed), on every database.
    pub rows_affected: u64,
    /// The key that the database counted for the (first) inserted row, where its protocol tells (MySQL, SQLite).
    pub last_insert_id: Option<u64>,
    /// The key that the database counted for the row of each run, where an INSERT ran for several rows (see
    /// [`CompiledSql::runs`]) and the key tells.
    pub inserted_ids: Vec<u64>,
}

/// A connection taken from the pool for one caller.
pub trait Connection<B: Backend>: Send + Sized + 'static {
    /// Runs a statement that gives no rows. It is prepared and cached by its text.
    ///
    /// One that runs for several rows ([`CompiledSql::runs`]) takes effect for all or none of them when no transaction is
    /// open; in one, whoever opened it undoes what the runs before a failure did.
    fn execute(&mut self, sql: CompiledSql) -> impl Future<Output = Result<Executed>> + Send;

    /// Runs a statement and pushes each row into `sink` as it arrives.
    fn query(
        &mut self,
        sql: CompiledSql,
        sink: BoxSink<B>,
    ) -> impl Future<Output = Result<BoxSink<B>>> + Send;

    /// Runs statements that do not depend on each other and gives their sinks, in the same order: all are sent before the
    /// first is answered. Only called where [`Capability::pipelining`](crate::compile::Capability::pipelining) says that the
    /// database has it.
    fn query_all(&mut self, queries: Queries<B>) -> impl Future<Output = Result<Vec<BoxSink<B>>>> + Send {
        drop(queries);
        ready(Err(Error::unsupported("several statements before the first answer", "this driver")))
    }

    /// Runs statements separated by `;` without parameters (DDL). Never used with a user's values.
    fn batch(&mut self, sql: &str) -> impl Future<Output = Result<()>> + Send;

    /// Opens a cursor that holds the connection until it is dropped; memory stays constant however many rows there are.
    fn cursor(self, sql: CompiledSql) -> impl Future<Output = Result<B::Cursor>> + Send;

    /// Opens a query whose rows are read in chunks by [`fetch_portal`](Connection::fetch_portal). Between two chunks the
    /// connection may run anything else, other portals too. Only called while a transaction is open.
    fn open_portal(&mut self, sql: CompiledSql) -> impl Future<Output = Result<Portal>> + Send;

    /// Pushes up to `rows` of a portal's rows into `sink` (more where the database can only give all at once); says
    /// whether there may be more. After the last row, and after an error, the portal is closed.
    fn fetch_portal(
        &mut self,
        portal: Portal,
        sink: BoxSink<B>,
        rows: usize,
    ) -> impl Future<Output = Result<Fetched<B>>> + Send;

    /// Closes a portal before its end: with the next statement, since nothing can be awaited here.
    fn close_portal(&mut self, portal: Portal);

    /// True when the transaction that was opened cannot go on: the database has ended it, an answer is owed, or the
    /// connection is gone. Rolling back to a savepoint is then of no use.
    fn is_transaction_lost(&self) -> bool;

    /// Takes an advisory lock that lasts until the open transaction ends. It waits for it as long as it waits for other
    /// locks, or, if it is not to wait, says whether it has it.
    fn advisory_lock(&mut self, key: &LockKey, wait: bool) -> impl Future<Output = Result<bool>> + Send;

    /// Gives up the locks of a block that was undone, where undoing it has not done so: once for each time that they
    /// were taken.
    fn advisory_unlock(&mut self, keys: &[LockKey]) -> impl Future<Output = Result<()>> + Send;

    /// Opens a transaction.
    fn begin(&mut self, options: &TransactionOptions) -> impl Future<Output = Result<()>> + Send;

    /// Commits. An answer that is not a commit (PostgreSQL says ROLLBACK after a failed statement) is an error; none after
    /// COMMIT was sent is [`crate::Error::CommitOutcomeUnknown`].
    fn commit(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Rolls the open transaction back.
    fn rollback(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// An open cursor. Dropping it ends the query; the connection goes back to the pool only if it is clean.
pub trait Cursor<B: Backend>: Send + 'static {
    /// Pushes up to `rows` rows into `sink`; says whether there may be more.
    fn fetch(&mut self, sink: BoxSink<B>, rows: usize) -> impl Future<Output = Result<Fetched<B>>> + Send;
}

/// A query that is read in chunks and rests on its connection in between; the number is the driver's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Portal(pub u64);

/// A chunk of a cursor's rows.
pub struct Fetched<B: Backend> {
    /// The sink, filled.
    pub sink: BoxSink<B>,
    /// False when the last row has been pushed.
    pub more: bool,
}

/// How a transaction is opened.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TransactionOptions {
    /// The isolation level; the database's default when `None`.
    pub isolation: Option<IsolationLevel>,
    /// Refuse writes.
    pub read_only: bool,
    /// Wait for a moment when no serialization failure is possible (PostgreSQL, serializable and read only).
    pub deferrable: bool,
    /// Longest wait for a lock.
    pub lock_timeout: Option<Duration>,
}

/// How much concurrent transactions see of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsolationLevel {
    /// Sees uncommitted rows (PostgreSQL gives read committed).
    ReadUncommitted,
    /// Each statement sees what was committed before it.
    ReadCommitted,
    /// The transaction sees what was committed before it.
    RepeatableRead,
    /// As if transactions ran one after another.
    Serializable,
}
