//! What spans, events, warnings and limits need to know of a database: where it is, what counts as slow, and as too much.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::PoolOptions;

/// A database as events tell of it: without secrets. Cloning gives another handle to the same.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    inner: Arc<Place>,
}

#[derive(Clone, Debug, Default)]
struct Place {
    namespace: Option<Box<str>>,
    address: Option<Box<str>>,
    port: Option<u16>,
    slow_query_after: Option<Duration>,
    long_transaction_after: Option<Duration>,
    max_value_bytes: Option<u64>,
    many_rows_from: Option<u64>,
    max_rows: Option<u64>,
}

impl Observed {
    /// A database whose place is not known, with the thresholds and limits of its options.
    pub fn new(options: &PoolOptions) -> Self {
        Observed {
            inner: Arc::new(Place {
                slow_query_after: options.slow_query_after,
                long_transaction_after: options.long_transaction_after,
                max_value_bytes: options.max_value_bytes,
                many_rows_from: options.many_rows_from,
                max_rows: options.max_rows,
                ..Place::default()
            }),
        }
    }

    /// Of which nothing is known, and nothing is slow: what a backend is that does not say.
    pub fn unknown() -> &'static Self {
        static UNKNOWN: LazyLock<Observed> = LazyLock::new(Observed::default);
        &UNKNOWN
    }

    /// Adds the database's name on its server, or its file: `db.namespace`.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<Box<str>>) -> Self {
        Arc::make_mut(&mut self.inner).namespace = Some(namespace.into());
        self
    }

    /// Adds the server's name or address, or its socket: `server.address`, `server.port`.
    #[must_use]
    pub fn with_server(mut self, address: impl Into<Box<str>>, port: Option<u16>) -> Self {
        let place = Arc::make_mut(&mut self.inner);
        place.address = Some(address.into());
        place.port = port;
        self
    }

    /// The database's name on its server, or its file.
    pub fn namespace(&self) -> Option<&str> {
        self.inner.namespace.as_deref()
    }

    /// The server's name or address, or its socket.
    pub fn address(&self) -> Option<&str> {
        self.inner.address.as_deref()
    }

    /// The server's port.
    pub fn port(&self) -> Option<u16> {
        self.inner.port
    }

    /// From when on a statement is told of as slow.
    pub fn slow_query_after(&self) -> Option<Duration> {
        self.inner.slow_query_after
    }

    /// From when on a transaction is told of as long.
    pub fn long_transaction_after(&self) -> Option<Duration> {
        self.inner.long_transaction_after
    }

    /// The longest value that is sent, in bytes.
    #[inline]
    pub fn max_value_bytes(&self) -> Option<u64> {
        self.inner.max_value_bytes
    }

    /// From how many rows on a list is told of as long.
    pub fn many_rows_from(&self) -> Option<u64> {
        self.inner.many_rows_from
    }

    /// The most rows that one query may put into a list.
    pub fn max_rows(&self) -> Option<u64> {
        self.inner.max_rows
    }
}
