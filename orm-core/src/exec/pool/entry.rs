//! A connection with what the pool knows about it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::age::Lifetime;
use super::loan::Loan;
use crate::backend::PooledConnection;
use crate::compile::Operation;
use crate::exec::log::{ClosedBecause, closed};

/// A connection in the pool or on loan. However it is dropped, an unclean connection is discarded and a clean one
/// closes by its own `Drop`.
pub(super) struct Entry<C: PooledConnection> {
    /// Empty once it was closed; the entry is then only good for being taken out of the pool.
    connection: Option<C>,
    lifetime: Option<Lifetime>,
    loan: Arc<Loan>,
    /// The pool's name, in events.
    pool: Arc<str>,
    /// When it last changed hands: lent, or brought back.
    since: Instant,
    may_be_surplus: bool,
}

impl<C: PooledConnection> Entry<C> {
    pub(super) fn new(
        connection: C,
        lifetime: Option<Lifetime>,
        loan: Arc<Loan>,
        pool: Arc<str>,
        may_be_surplus: bool,
    ) -> Self {
        Entry { connection: Some(connection), lifetime, loan, pool, since: Instant::now(), may_be_surplus }
    }

    pub(super) fn connection(&self) -> Option<&C> {
        self.connection.as_ref()
    }

    pub(super) fn connection_mut(&mut self) -> Option<&mut C> {
        self.connection.as_mut()
    }

    pub(super) fn is_open(&self) -> bool {
        self.connection.is_some()
    }

    pub(super) fn is_clean(&self) -> bool {
        self.connection.as_ref().is_some_and(PooledConnection::is_clean)
    }

    pub(super) fn discard(&mut self, because: ClosedBecause) {
        if let Some(connection) = self.connection.take() {
            closed(&self.pool, because);
            connection.discard();
        }
    }

    pub(super) fn close(&mut self, because: ClosedBecause) {
        if let Some(connection) = self.connection.take() {
            closed(&self.pool, because);
            drop(connection);
        }
    }

    pub(super) fn lifetime(&self) -> Option<&Lifetime> {
        self.lifetime.as_ref()
    }

    /// True when its age may be a reason to replace it, by the moment of the last change of hands.
    pub(super) fn is_past_its_time(&self) -> bool {
        self.lifetime.as_ref().is_some_and(|lifetime| lifetime.is_past(self.since))
    }

    /// True when the pool may open more connections than it keeps.
    pub(super) fn may_be_surplus(&self) -> bool {
        self.may_be_surplus
    }

    pub(super) fn since(&self) -> Instant {
        self.since
    }

    pub(super) fn idle(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }

    /// Notes that it changes hands now.
    pub(super) fn change_hands(&mut self, now: Instant) {
        self.since = now;
    }

    /// Notes who has it since the last change of hands.
    pub(super) fn begin_loan(&self, operation: Operation) {
        self.loan.begin(operation, self.since);
    }

    /// Notes that it came back.
    pub(super) fn end_loan(&mut self) {
        self.loan.end();
        self.since = Instant::now();
    }
}

impl<C: PooledConnection> Drop for Entry<C> {
    fn drop(&mut self) {
        if self.is_clean() {
            self.close(ClosedBecause::PoolClosed);
        } else {
            self.discard(ClosedBecause::Unclean);
        }
    }
}
