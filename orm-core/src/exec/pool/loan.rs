//! Who holds a connection, for the message of the time-out.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::time::Instant;

use crate::compile::Operation;
use crate::error::Holder;

/// The loans of a pool. Each connection has its own [`Loan`], so that lending touches nothing that others touch;
/// only opening a connection and reading the list take the list's lock.
#[derive(Default)]
pub(super) struct Loans {
    all: Mutex<Vec<Weak<Loan>>>,
}

impl Loans {
    /// A place for a new connection's loans; it leaves the list with the connection.
    pub(super) fn register(&self) -> Arc<Loan> {
        let loan = Arc::new(Loan::default());
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| other.strong_count() > 0);
        all.push(Arc::downgrade(&loan));
        loan
    }

    /// Connections that are open, on loan or not.
    pub(super) fn open(&self) -> usize {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|loan| loan.strong_count() > 0).count()
    }

    /// Connections on loan.
    pub(super) fn count(&self) -> usize {
        self.current().len()
    }

    /// Who holds them, the longest first.
    pub(super) fn holders(&self, now: Instant) -> Vec<Holder> {
        let mut current = self.current();
        current.sort_by_key(|(_, since)| *since);
        current
            .into_iter()
            .map(|(operation, since)| Holder {
                operation: operation.to_string(),
                location: operation.location,
                held: now.saturating_duration_since(since),
            })
            .collect()
    }

    fn current(&self) -> Vec<(Operation, Instant)> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(Weak::upgrade).filter_map(|loan| loan.get()).collect()
    }
}

/// Whom one connection is lent to, and since when.
#[derive(Default)]
pub(super) struct Loan(Mutex<Option<(Operation, Instant)>>);

impl Loan {
    pub(super) fn begin(&self, operation: Operation, since: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((operation, since));
    }

    pub(super) fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn get(&self) -> Option<(Operation, Instant)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
