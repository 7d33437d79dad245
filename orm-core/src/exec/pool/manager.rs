//! How a connection is opened, and whether an idle one may be lent again.

use std::sync::Arc;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use tokio::time::{Instant, timeout};
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

use super::age::Lifetimes;
use super::entry::Entry;
use super::failure::Failure;
use super::gate::{Attempt, Gate};
use super::health::{Condition, Health};
use super::loan::Loans;
use crate::backend::{Driver, PoolOptions};
use crate::error::{Error, Result};
use crate::exec::log::{ClosedBecause, PoolLog};

/// deadpool's view of a driver, with the rules of the pool.
pub(super) struct Manager<D: Driver> {
    rules: Arc<Rules<D>>,
}

/// What an attempt to connect needs too, which may outlive the caller who began it.
pub(super) struct Rules<D: Driver> {
    driver: D,
    options: PoolOptions,
    may_overflow: bool,
    pub(super) gate: Arc<Gate<Box<Entry<D::Connection>>>>,
    pub(super) health: Health,
    pub(super) loans: Loans,
    pub(super) log: PoolLog,
    lifetimes: Lifetimes,
}

impl<D: Driver> Manager<D> {
    pub(super) fn new(driver: D, options: PoolOptions, max: usize) -> Self {
        Manager {
            rules: Arc::new(Rules {
                log: PoolLog::new(&driver.target()),
                driver,
                may_overflow: options.pool_size < max,
                gate: Gate::new(),
                health: Health::new(options.health_check_after, options.acquire_timeout),
                loans: Loans::default(),
                lifetimes: Lifetimes::new(options.max_age, max),
                options,
            }),
        }
    }

    pub(super) fn rules(&self) -> &Rules<D> {
        &self.rules
    }

    /// A connection opened now, or one that was opened for a caller who left.
    async fn open(&self) -> Result<Box<Entry<D::Connection>>> {
        loop {
            let begin = |attempt| {
                let span = self.rules.log.connecting();
                let connecting = connect(Arc::clone(&self.rules), attempt).instrument(span);
                drop(tokio::spawn(connecting.with_current_subscriber()));
            };
            let mut entry = self.rules.gate.fetch(begin, || self.rules.target()).await?;
            if self.rules.is_fit(&mut entry).await {
                return Ok(entry);
            }
        }
    }
}

impl<D: Driver> Rules<D> {
    pub(super) fn target(&self) -> String {
        self.driver.target()
    }

    /// Why a clean connection that comes back is to be closed, if so: too old, or one too many and nobody waits.
    /// When two come back at the same moment both may be found one too many; the next caller opens one again.
    pub(super) fn is_unwanted(
        &self,
        entry: &Entry<D::Connection>,
        status: &managed::Status,
    ) -> Option<ClosedBecause> {
        if status.waiting == 0 && self.surplus() > 0 {
            Some(ClosedBecause::Surplus)
        } else {
            self.is_too_old(entry, entry.since()).then_some(ClosedBecause::Age)
        }
    }

    /// Connections beyond `pool_size`.
    pub(super) fn surplus(&self) -> usize {
        if self.may_overflow { self.loans.open().saturating_sub(self.options.pool_size) } else { 0 }
    }

    /// True when an idle connection may be lent; if not it has been closed.
    async fn is_fit(&self, entry: &mut Entry<D::Connection>) -> bool {
        let now = Instant::now();
        // The server or the network may have ended it meanwhile, and the driver noticed.
        if entry.is_clean() {
            if self.is_too_old(entry, now) {
                entry.close(ClosedBecause::Age);
                return false;
            }
            let good = match self.health.of(entry, now) {
                Condition::Fresh => true,
                // Boxed: it is rare, and would be part of the future of every query.
                Condition::Unknown => Box::pin(self.ask(entry)).await,
                Condition::Lost => false,
            };
            if good {
                entry.change_hands(now);
                return true;
            }
        }
        // Not left to the entry's `Drop`: after a ping without answer the driver may think that all is well.
        entry.discard(ClosedBecause::Lost);
        false
    }

    fn is_too_old(&self, entry: &Entry<D::Connection>, now: Instant) -> bool {
        entry.lifetime().is_some_and(|lifetime| self.lifetimes.ends(lifetime, now))
    }

    async fn ask(&self, entry: &mut Entry<D::Connection>) -> bool {
        match entry.connection_mut() {
            Some(connection) => self.gate.unless_closed(self.health.ask(connection)).await == Some(true),
            None => false,
        }
    }
}

/// Connects, and tells the gate what came of it.
async fn connect<D: Driver>(rules: Arc<Rules<D>>, attempt: Attempt<Box<Entry<D::Connection>>>) {
    let begun = Instant::now();
    match rules.gate.unless_closed(timeout(rules.options.connect_timeout, rules.driver.connect())).await {
        Some(Ok(Ok(connection))) => {
            let (lifetime, loan) = (rules.lifetimes.draw(), rules.loans.register());
            rules.log.opened(begun.elapsed());
            let name = Arc::clone(rules.log.name());
            let entry = Entry::new(connection, lifetime, loan, name, rules.may_overflow);
            // Boxed, because deadpool moves entries, and the future of taking one has room for several.
            attempt.succeeded(Box::new(entry), rules.surplus() > 0);
        }
        Some(Ok(Err(error))) => {
            rules.log.refused(&error, begun.elapsed());
            attempt.failed(Failure::refused(error));
        }
        Some(Err(_)) => {
            rules.log.hung(begun.elapsed());
            attempt.failed(Failure::TimedOut(rules.options.connect_timeout));
        }
        None => {}
    }
}

impl<D: Driver> managed::Manager for Manager<D> {
    type Type = Box<Entry<D::Connection>>;
    type Error = Error;

    async fn create(&self) -> Result<Self::Type> {
        // Boxed, as above.
        Box::pin(self.open()).await
    }

    async fn recycle(&self, entry: &mut Self::Type, _: &Metrics) -> RecycleResult<Error> {
        if self.rules.is_fit(entry).await { Ok(()) } else { Err(RecycleError::message("closed")) }
    }
}

impl<D: Driver> Drop for Manager<D> {
    fn drop(&mut self) {
        // Attempts hold the rules, not the pool.
        self.rules.gate.close();
    }
}
