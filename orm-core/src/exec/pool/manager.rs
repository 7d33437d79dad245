//! How a connection is opened, and whether an idle one may be lent again.

use std::time::Duration;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use tokio::time::{Instant, timeout};

use super::age::Lifetimes;
use super::entry::Entry;
use super::failure::Failure;
use super::gate::{Gate, Refusal};
use super::health::{Condition, Health};
use super::loan::Loans;
use crate::backend::{Driver, PoolOptions};
use crate::error::{Error, PoolError, Result};

/// deadpool's view of a driver, with the rules of the pool.
pub(super) struct Manager<D: Driver> {
    driver: D,
    connect_timeout: Duration,
    pub(super) pool_size: usize,
    pub(super) may_overflow: bool,
    pub(super) gate: Gate,
    pub(super) health: Health,
    pub(super) loans: Loans,
    lifetimes: Lifetimes,
}

impl<D: Driver> Manager<D> {
    pub(super) fn new(driver: D, options: &PoolOptions, max: usize) -> Self {
        Manager {
            driver,
            connect_timeout: options.connect_timeout,
            pool_size: options.pool_size,
            may_overflow: options.pool_size < max,
            gate: Gate::default(),
            health: Health::new(options.health_check_after, options.acquire_timeout),
            loans: Loans::default(),
            lifetimes: Lifetimes::new(options.max_age, max),
        }
    }

    pub(super) fn target(&self) -> String {
        self.driver.target()
    }

    /// True when a clean connection that comes back is to be closed: too old, or one too many and nobody waits.
    /// When two come back at the same moment both may be found one too many; the next caller opens one again.
    pub(super) fn is_unwanted(&self, entry: &Entry<D::Connection>, status: &managed::Status) -> bool {
        let surplus = status.size > self.pool_size && status.waiting == 0;
        surplus || self.is_too_old(entry, entry.since())
    }

    fn is_too_old(&self, entry: &Entry<D::Connection>, now: Instant) -> bool {
        entry.lifetime().is_some_and(|lifetime| self.lifetimes.ends(lifetime, now))
    }

    async fn open(&self) -> Result<D::Connection> {
        let attempt = match self.gate.admit().await {
            Ok(attempt) => attempt,
            Err(Refusal::Failed(failure)) => return Err(failure.into_error(self.target())),
            Err(Refusal::Closed) => return Err(PoolError::Closed.into()),
        };
        let opened = self.gate.unless_closed(timeout(self.connect_timeout, self.driver.connect())).await;
        let failure = match opened {
            None => return Err(PoolError::Closed.into()),
            Some(Ok(Ok(connection))) => {
                attempt.succeeded();
                return Ok(connection);
            }
            Some(Ok(Err(error))) => Failure::Refused(error),
            Some(Err(_)) => Failure::TimedOut(self.connect_timeout),
        };
        attempt.failed(failure.copy());
        Err(failure.into_error(self.target()))
    }

    async fn ask(&self, entry: &mut Entry<D::Connection>) -> bool {
        match entry.connection_mut() {
            Some(connection) => self.gate.unless_closed(self.health.ask(connection)).await == Some(true),
            None => false,
        }
    }
}

impl<D: Driver> managed::Manager for Manager<D> {
    type Type = Entry<D::Connection>;
    type Error = Error;

    async fn create(&self) -> Result<Self::Type> {
        // Boxed: drivers' connecting futures are large, and would be part of the future of every query.
        let connection = Box::pin(self.open()).await?;
        Ok(Entry::new(connection, self.lifetimes.draw(), self.loans.register(), self.may_overflow))
    }

    async fn recycle(&self, entry: &mut Self::Type, _: &Metrics) -> RecycleResult<Error> {
        let now = Instant::now();
        // The server or the network may have ended it meanwhile, and the driver noticed.
        if entry.is_clean() {
            if self.is_too_old(entry, now) {
                entry.close();
                return Err(RecycleError::message("too old"));
            }
            let good = match self.health.of(entry, now) {
                Condition::Fresh => true,
                // Boxed as above.
                Condition::Unknown => Box::pin(self.ask(entry)).await,
                Condition::Lost => false,
            };
            if good {
                entry.change_hands(now);
                return Ok(());
            }
        }
        // Not left to the entry's `Drop`: after a ping without answer the driver may think that all is well.
        entry.discard();
        Err(RecycleError::message("lost while idle"))
    }
}
