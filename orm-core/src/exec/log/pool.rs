//! What a pool tells: connections opened and closed, callers who wait; and what it counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tracing::Span;
use tracing::field::Empty;

use super::running::micros;
use crate::backend::{Observed, PoolStatus};
use crate::compile::{Dialect, Operation};
use crate::error::Error;
use crate::exec::recorder::Failure;

/// A pool's name and counters.
pub(in crate::exec) struct PoolLog {
    name: Arc<str>,
    opened: AtomicU64,
    waits: AtomicU64,
    waited_us: AtomicU64,
    timeouts: AtomicU64,
}

/// Why a connection was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exec) enum ClosedBecause {
    /// Older than `max_age`.
    Age,
    /// Beyond `pool_size`, and nobody waited.
    Surplus,
    /// Found ended, or it gave no sign of life.
    Lost,
    /// It came back in a state that nobody knows: a future was dropped, a transaction was left open.
    Unclean,
    /// The pool was closed or dropped.
    PoolClosed,
}

impl ClosedBecause {
    fn words(self) -> &'static str {
        match self {
            ClosedBecause::Age => "too old",
            ClosedBecause::Surplus => "beyond pool_size",
            ClosedBecause::Lost => "lost",
            ClosedBecause::Unclean => "unclean",
            ClosedBecause::PoolClosed => "pool closed",
        }
    }
}

impl PoolLog {
    pub(in crate::exec) fn new(target: &str) -> Self {
        PoolLog {
            name: target.into(),
            opened: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            waited_us: AtomicU64::new(0),
            timeouts: AtomicU64::new(0),
        }
    }

    /// The pool's name in events.
    pub(in crate::exec) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Adds what was counted.
    pub(in crate::exec) fn counted(&self, status: PoolStatus) -> PoolStatus {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let opened = count(&self.opened);
        PoolStatus {
            opened,
            closed: opened.saturating_sub(status.open as u64),
            waits: count(&self.waits),
            waited: Duration::from_micros(count(&self.waited_us)),
            timeouts: count(&self.timeouts),
            ..status
        }
    }

    pub(in crate::exec) fn opened(&self, took: Duration) {
        self.opened.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(
            target: "orm::pool",
            {
                db.client.connection.pool.name = &*self.name,
                duration_us = micros(took),
            },
            "connection opened"
        );
        tracing::event!(
            target: "orm::metrics",
            tracing::Level::TRACE,
            {
                histogram.db.client.connection.create_time = took.as_secs_f64(),
                monotonic_counter.orm.connections.opened = 1_u64,
                db.client.connection.pool.name = &*self.name,
            }
        );
    }

    /// The span of an attempt to connect.
    pub(in crate::exec) fn connecting(&self) -> Span {
        tracing::debug_span!(
            target: "orm::span",
            "connect",
            otel.kind = "client",
            db.client.connection.pool.name = &*self.name,
        )
    }

    pub(in crate::exec) fn refused(&self, error: &Error, took: Duration) {
        tracing::warn!(
            target: "orm::pool",
            {
                db.client.connection.pool.name = &*self.name,
                error.type = Failure::of(error).type_name(),
                error = %error,
                duration_us = micros(took),
            },
            "no connection could be opened"
        );
    }

    pub(in crate::exec) fn hung(&self, took: Duration) {
        tracing::warn!(
            target: "orm::pool",
            {
                db.client.connection.pool.name = &*self.name,
                error.type = "connect_timeout",
                duration_us = micros(took),
            },
            "no connection could be opened in time"
        );
    }

    /// The span of a caller who waits.
    pub(in crate::exec) fn waiting(&self, operation: Operation) -> Span {
        let location = operation.location;
        tracing::debug_span!(
            target: "orm::span",
            "pool wait",
            otel.kind = "internal",
            otel.status_code = Empty,
            error.type = Empty,
            db.client.connection.pool.name = &*self.name,
            orm.operation = %operation,
            code.file.path = location.map(|location| location.file()),
            code.line.number = location.map(|location| location.line()),
        )
    }

    /// A caller has waited, whatever came of it.
    pub(in crate::exec) fn waited(&self, took: Duration) {
        self.waits.fetch_add(1, Ordering::Relaxed);
        self.waited_us.fetch_add(micros(took), Ordering::Relaxed);
        tracing::event!(
            target: "orm::metrics",
            tracing::Level::TRACE,
            {
                histogram.db.client.connection.wait_time = took.as_secs_f64(),
                db.client.connection.pool.name = &*self.name,
            }
        );
    }

    /// A caller got no connection in time.
    pub(in crate::exec) fn timed_out(&self, operation: Operation, waited: Duration, waiting: usize) {
        self.timeouts.fetch_add(1, Ordering::Relaxed);
        let location = operation.location;
        let place = location.map_or_else(String::new, |location| format!(", at {location}"));
        tracing::warn!(
            target: "orm::pool",
            {
                db.client.connection.pool.name = &*self.name,
                error.type = "pool_timeout",
                orm.operation = %operation,
                duration_us = micros(waited),
                waiting,
                code.file.path = location.map(|location| location.file()),
                code.line.number = location.map(|location| location.line()),
            },
            "no connection for `{operation}` within {waited:.1?}{place}"
        );
        tracing::event!(
            target: "orm::metrics",
            tracing::Level::TRACE,
            {
                monotonic_counter.db.client.connection.timeouts = 1_u64,
                db.client.connection.pool.name = &*self.name,
            }
        );
    }
}

/// A connection of the pool with this name was closed.
pub(in crate::exec) fn closed(pool: &str, because: ClosedBecause) {
    tracing::debug!(
        target: "orm::pool",
        {
            db.client.connection.pool.name = pool,
            reason = because.words(),
        },
        "connection closed"
    );
    tracing::event!(
        target: "orm::metrics",
        tracing::Level::TRACE,
        {
            monotonic_counter.orm.connections.closed = 1_u64,
            db.client.connection.pool.name = pool,
            reason = because.words(),
        }
    );
}

/// Measures a pool: one event for each state of connections, as the conventions have it, and one for the rest.
pub(in crate::exec) fn gauges(dialect: Dialect, observed: &Observed, status: PoolStatus) {
    for (state, count) in [("idle", status.idle), ("used", status.in_use())] {
        tracing::event!(
            target: "orm::metrics",
            tracing::Level::TRACE,
            {
                gauge.db.client.connection.count = count as u64,
                db.client.connection.state = state,
                db.system.name = dialect.system_name(),
                db.namespace = observed.namespace(),
                server.address = observed.address(),
                server.port = observed.port(),
            }
        );
    }
    tracing::event!(
        target: "orm::metrics",
        tracing::Level::TRACE,
        {
            gauge.db.client.connection.max = status.max as u64,
            gauge.db.client.connection.pending_requests = status.waiting as u64,
            db.system.name = dialect.system_name(),
            db.namespace = observed.namespace(),
            server.address = observed.address(),
            server.port = observed.port(),
        }
    );
}
