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
}

/// A pool's gauges.
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
}

impl PoolStatus {
    /// The gauges of a pool.
    pub fn new(open: usize, idle: usize, waiting: usize, max: usize) -> Self {
        PoolStatus { open, idle, waiting, max }
    }
}
