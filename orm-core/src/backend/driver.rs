//! What the pool needs from a driver: opening a connection, and knowing whether one may be used again.

use std::future::Future;
use std::time::Duration;

use crate::error::Result;

/// Opens connections.
pub trait Driver: Send + Sync + 'static {
    /// An open connection.
    type Connection: PooledConnection;

    /// Opens a connection with its session settings made. The pool applies the connect time-out around all of it.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection>> + Send;

    /// Where it connects to, without secrets, for messages.
    fn target(&self) -> String;
}

/// A connection as the pool sees it.
pub trait PooledConnection: Send + 'static {
    /// True when nothing is under way: no reply is owed, no transaction is open, no cancel was sent, it is not closed.
    fn is_clean(&self) -> bool;

    /// How long it may be idle before the server closes it, where the server says so.
    fn longest_idle(&self) -> Option<Duration> {
        None
    }

    /// Asks the server for a sign of life.
    fn ping(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Gives the connection up when it is not clean: cancel what still runs in the server, and close.
    /// Called from `Drop`, so it must not block; work that awaits is spawned where a runtime is there.
    fn discard(self);
}

/// A pool's settings: the same on every database.
///
/// ```
/// # use orm_core::backend::PoolOptions;
/// use std::time::Duration;
/// let options = PoolOptions::default().pool_size(20).max_overflow(10).max_age(Duration::from_secs(1800));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PoolOptions {
    /// Connections kept open. Default 10 (SQLite: 4 readers).
    pub pool_size: usize,
    /// Connections allowed beyond `pool_size` under load; each closes when it comes back and nobody waits. Default 0.
    pub max_overflow: usize,
    /// A connection older than this (with up to 20 % jitter, so that not all go at once) is replaced. Default 30 minutes.
    pub max_age: Option<Duration>,
    /// A connection idle for longer is asked for a sign of life before it is used. Default 30 s; `None` never asks.
    pub health_check_after: Option<Duration>,
    /// Longest wait for a connection, opening one included. Default 5 s.
    pub acquire_timeout: Duration,
    /// Longest time to open a connection: TCP, TLS, log-in and session settings. Default 5 s.
    pub connect_timeout: Duration,
    /// Longest time for a statement, enforced by the server (SQLite: by interrupting) and by the client with a grace of
    /// one second. Default 30 s; `None` never ends one.
    pub statement_timeout: Option<Duration>,
    /// Prepared statements kept per connection, the least recently used closed first. Default 100.
    pub statement_cache: usize,
    /// A statement that takes longer, the wait for a connection included, is warned of by an event. Default 1 s; `None`
    /// never warns.
    pub slow_query_after: Option<Duration>,
    /// A transaction that is open for longer is warned of by an event, with the place in the program that opened it: while
    /// it is open, and at its end. Default 10 s; `None` never warns.
    pub long_transaction_after: Option<Duration>,
    /// The longest value that is sent, in bytes: longer text, documents and bytes are an error of the kind
    /// [`TooLarge`](crate::error::DatabaseErrorKind::TooLarge), and nothing is sent. Databases have limits of their own above
    /// that. Default 256 MiB; `None` leaves it to them.
    pub max_value_bytes: Option<u64>,
    /// A query that puts this many rows into a list, or more, is warned of by an event, with the place in the program: `limit`,
    /// pages or `stream` may be meant. Default 100,000; `None` never warns.
    pub many_rows_from: Option<u64>,
    /// The most rows that one query may put into a list, such as that of `all`: more is
    /// [`Error::TooManyRows`](crate::Error::TooManyRows), before the
    /// memory is used up. Streams, SQL of your own, and what a write gives back or reads have no limit. Default `None`.
    pub max_rows: Option<u64>,
}

impl Default for PoolOptions {
    fn default() -> Self {
        PoolOptions {
            pool_size: 10,
            max_overflow: 0,
            max_age: Some(Duration::from_mins(30)),
            health_check_after: Some(Duration::from_secs(30)),
            acquire_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Some(Duration::from_secs(30)),
            statement_cache: 100,
            slow_query_after: Some(Duration::from_secs(1)),
            long_transaction_after: Some(Duration::from_secs(10)),
            max_value_bytes: Some(256 << 20),
            many_rows_from: Some(100_000),
            max_rows: None,
        }
    }
}

macro_rules! setters {
    ($($name:ident: $given:ty => $type:ty, $doc:literal;)*) => {
        impl PoolOptions {
            $(
                #[doc = $doc]
                #[must_use]
                pub fn $name(mut self, $name: $given) -> Self {
                    let $name: $type = $name.into();
                    self.$name = $name;
                    self
                }
            )*
        }
    };
}

setters! {
    pool_size: usize => usize, "Sets [`PoolOptions::pool_size`](#structfield.pool_size).";
    max_overflow: usize => usize, "Sets [`PoolOptions::max_overflow`](#structfield.max_overflow).";
    max_age: impl Into<Option<Duration>> => Option<Duration>, "Sets [`PoolOptions::max_age`](#structfield.max_age).";
    health_check_after: impl Into<Option<Duration>> => Option<Duration>, "Sets [`PoolOptions::health_check_after`](#structfield.health_check_after).";
    acquire_timeout: Duration => Duration, "Sets [`PoolOptions::acquire_timeout`](#structfield.acquire_timeout).";
    connect_timeout: Duration => Duration, "Sets [`PoolOptions::connect_timeout`](#structfield.connect_timeout).";
    statement_timeout: impl Into<Option<Duration>> => Option<Duration>, "Sets [`PoolOptions::statement_timeout`](#structfield.statement_timeout).";
    statement_cache: usize => usize, "Sets [`PoolOptions::statement_cache`](#structfield.statement_cache).";
    slow_query_after: impl Into<Option<Duration>> => Option<Duration>, "Sets [`PoolOptions::slow_query_after`](#structfield.slow_query_after).";
    long_transaction_after: impl Into<Option<Duration>> => Option<Duration>, "Sets [`PoolOptions::long_transaction_after`](#structfield.long_transaction_after).";
    max_value_bytes: impl Into<Option<u64>> => Option<u64>, "Sets [`PoolOptions::max_value_bytes`](#structfield.max_value_bytes).";
    many_rows_from: impl Into<Option<u64>> => Option<u64>, "Sets [`PoolOptions::many_rows_from`](#structfield.many_rows_from).";
    max_rows: impl Into<Option<u64>> => Option<u64>, "Sets [`PoolOptions::max_rows`](#structfield.max_rows).";
}

/// A pool's gauges, and what it has counted since it was made.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let status = db.pool_status();
/// assert_eq!((status.open, status.in_use(), status.waiting, status.timeouts), (1, 0, 0, 0));
/// # Ok(()) }) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// Connections open now.
    pub open: usize,
    /// Of these, idle.
    pub idle: usize,
    /// Callers waiting.
    pub waiting: usize,
    /// Most connections allowed.
    pub max: usize,
    /// Connections opened so far.
    pub opened: u64,
    /// Of these, closed again, for whatever reason.
    pub closed: u64,
    /// Callers so far who did not find an idle connection and waited: for one to come back, or to be opened.
    pub waits: u64,
    /// How long they waited, all together.
    pub waited: Duration,
    /// Callers so far who waited for the whole acquire time-out and got none.
    pub timeouts: u64,
}

impl PoolStatus {
    /// The gauges of a pool that has counted nothing.
    pub fn new(open: usize, idle: usize, waiting: usize, max: usize) -> Self {
        PoolStatus { open, idle, waiting, max, ..PoolStatus::default() }
    }

    /// Connections that somebody has now.
    pub fn in_use(&self) -> usize {
        self.open.saturating_sub(self.idle)
    }

    /// The gauges of two pools together.
    #[must_use]
    pub fn plus(self, other: PoolStatus) -> PoolStatus {
        PoolStatus {
            open: self.open.saturating_add(other.open),
            idle: self.idle.saturating_add(other.idle),
            waiting: self.waiting.saturating_add(other.waiting),
            max: self.max.saturating_add(other.max),
            opened: self.opened.saturating_add(other.opened),
            closed: self.closed.saturating_add(other.closed),
            waits: self.waits.saturating_add(other.waits),
            waited: self.waited.saturating_add(other.waited),
            timeouts: self.timeouts.saturating_add(other.timeouts),
        }
    }
}
