//! One pool for every driver, over deadpool.
//!
//! What deadpool does: the queue (first come, first served), the permits, the idle connections (the longest idle is
//! lent first, so that each is looked at in turn). What is added here, an idea a file:
//!
//! - `manager`: how a connection is opened, and whether an idle one may be lent again;
//! - `entry`: a connection with what the pool knows about it;
//! - `gate`: who may open a connection now, so that no server is stormed, and who gets it;
//! - `failure`: a failed attempt, told to everybody who waits for it;
//! - `age`: when a connection is too old;
//! - `health`: asking an idle connection for a sign of life;
//! - `loan`: who holds a connection, for the message of the time-out.
//!
//! The pool has no task of its own but for each attempt to connect (which ends within the connect time-out): ages are looked at when a connection is taken or comes back. One that nobody asks
//! for stays open, however old, until it is asked for, and is then replaced.

mod age;
mod entry;
mod failure;
mod gate;
mod health;
mod loan;
mod manager;

#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use deadpool::managed;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use crate::backend::{Driver, PoolOptions, PoolStatus};
use crate::compile::Operation;
use crate::error::{PoolError, Result};
use crate::exec::log::ClosedBecause;

use manager::{Manager, Rules};

/// More connections than any server takes; keeps a slip of the pen in an option from asking for memory without end.
const MOST: usize = 65_536;

/// Connections of one driver, lent to one caller at a time in the order in which they asked.
///
/// Connections are opened when they are needed, up to four at a time. When that fails all who wait for it get the error
/// at once, and for the next half second so does everybody else who would need a new connection; then one attempt is
/// made again. So a server that refuses or hangs sees at most two attempts a second.
///
/// A caller may be dropped at any point: its place in the queue and its permit are free at once, and a connection that
/// was being opened for it is the next caller's.
pub struct Pool<D: Driver> {
    connections: managed::Pool<Manager<D>>,
    acquire_timeout: Duration,
    max: usize,
    waiting: AtomicUsize,
}

/// A connection on loan; on drop it goes back if it is clean, and is discarded otherwise.
///
/// It is also discarded when it is dropped by a panic, and closed when it is too old, when it is beyond `pool_size`
/// and nobody waits, or when the pool is closed.
pub struct Pooled<D: Driver> {
    /// Empty only within `drop`.
    entry: Option<managed::Object<Manager<D>>>,
}

impl<D: Driver> Pool<D> {
    /// A pool that opens connections when asked: at least 1 and at most 65,536, whatever the options say.
    pub fn new(driver: D, options: PoolOptions) -> Self {
        let max = options.pool_size.saturating_add(options.max_overflow).clamp(1, MOST);
        let acquire_timeout = options.acquire_timeout;
        match managed::Pool::builder(Manager::new(driver, options, max)).max_size(max).build() {
            Ok(connections) => Pool { connections, acquire_timeout, max, waiting: AtomicUsize::new(0) },
            Err(managed::BuildError::NoRuntimeSpecified) => unreachable!("deadpool is given no time-outs"),
        }
    }

    /// Takes a connection, waiting for it until the acquire time-out; `operation` is who holds it, in messages.
    ///
    /// # Errors
    /// A [`PoolError`]: [`Exhausted`](PoolError::Exhausted) when all connections were lent out for the whole time-out,
    /// [`Unreachable`](PoolError::Unreachable) or [`ConnectTimeout`](PoolError::ConnectTimeout) when one was to be
    /// opened and could not be, [`Closed`](PoolError::Closed) after [`close`](Pool::close).
    pub async fn acquire(&self, operation: Operation) -> Result<Pooled<D>> {
        // Declared first and so dropped last: it looks at what the dropped `take` leaves behind.
        let mut waiting = None;
        let mut take = pin!(self.connections.get());
        // The usual case is an idle connection: no timer, no clock, no counter for it.
        let taken = match poll_fn(|context| Poll::Ready(take.as_mut().poll(context))).await {
            Poll::Ready(taken) => taken,
            Poll::Pending => {
                let waiting = waiting.insert(Waiting::new(self));
                let span = self.rules().log.waiting(operation);
                match timeout(self.acquire_timeout, take.as_mut()).instrument(span).await {
                    Ok(taken) => taken,
                    Err(_) => return Err(self.timed_out(operation, waiting.since.elapsed()).into()),
                }
            }
        };
        match taken {
            Ok(entry) => {
                if let Some(waiting) = &mut waiting {
                    waiting.served = true;
                }
                entry.begin_loan(operation);
                Ok(Pooled { entry: Some(entry) })
            }
            Err(managed::PoolError::Backend(error)) => Err(error),
            Err(managed::PoolError::Closed) => Err(PoolError::Closed.into()),
            Err(
                managed::PoolError::Timeout(_)
                | managed::PoolError::NoRuntimeSpecified
                | managed::PoolError::PostCreateHook(_),
            ) => unreachable!("deadpool is given no time-outs and no hooks"),
        }
    }

    /// The gauges. Each is right for its moment; under load they are not of the very same moment.
    pub fn status(&self) -> PoolStatus {
        let status = self.connections.status();
        let loans = &self.rules().loans;
        let open = loans.open();
        let idle = open.saturating_sub(loans.count());
        let waiting = self.waiting.load(Ordering::Relaxed);
        self.rules().log.counted(PoolStatus::new(open, idle, waiting, status.max_size))
    }

    /// Closes the pool: callers who wait or connect get [`PoolError::Closed`], idle connections are closed at once,
    /// those on loan when they come back. Closing twice does nothing more.
    pub fn close(&self) {
        self.rules().gate.close();
        // deadpool would drop idle connections while it holds its lock, so they are taken out before; and it leaves
        // those that were promised to a waiter who has not run yet, so they are taken out after.
        drop(self.connections.retain(|_, _| false));
        self.connections.close();
        drop(self.connections.retain(|_, _| false));
    }

    /// Why nothing was had in time.
    fn timed_out(&self, operation: Operation, waited: Duration) -> PoolError {
        let rules = self.rules();
        rules.log.timed_out(operation, waited, self.waiting.load(Ordering::Relaxed));
        let now = Instant::now();
        let holders = rules.loans.holders(now);
        if holders.len() < self.max {
            // Not all are lent out. The server is to blame if it has been silent for long; if not, there was just no
            // end of callers before this one.
            let silent = [rules.gate.silent_since(), rules.health.silent_since()].into_iter().flatten().min();
            let after = silent.map(|since| now.saturating_duration_since(since).min(waited));
            if let Some(after) = after.filter(|after| *after >= (waited / 2).min(Duration::from_secs(1))) {
                return PoolError::ConnectTimeout { target: rules.target(), after };
            }
        }
        PoolError::Exhausted { waited, size: self.max, holders }
    }

    /// Closes idle connections beyond `pool_size` that nobody waits for.
    fn shrink(&self) {
        let mut surplus = self.rules().surplus().min(self.connections.status().available);
        if surplus > 0 {
            drop(self.connections.retain(|_, _| {
                let keep = surplus == 0;
                surplus = surplus.saturating_sub(1);
                keep
            }));
        }
    }

    fn rules(&self) -> &Rules<D> {
        self.connections.manager().rules()
    }
}

/// A caller who did not get a connection at once.
struct Waiting<'a, D: Driver> {
    pool: &'a Pool<D>,
    since: Instant,
    served: bool,
}

impl<'a, D: Driver> Waiting<'a, D> {
    fn new(pool: &'a Pool<D>) -> Self {
        pool.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting { pool, since: Instant::now(), served: false }
    }
}

impl<D: Driver> Drop for Waiting<'_, D> {
    fn drop(&mut self) {
        self.pool.waiting.fetch_sub(1, Ordering::Relaxed);
        self.pool.rules().log.waited(self.since.elapsed());
        // A connection beyond `pool_size` may have been kept for this caller, who went away without it.
        if !self.served {
            self.pool.shrink();
        }
    }
}

impl<D: Driver> Pooled<D> {
    /// Gives the connection up, whatever its state: it is cancelled and closed, and its place in the pool is free.
    pub fn discard(mut self) {
        if let Some(entry) = &mut self.entry {
            entry.discard(ClosedBecause::Unclean);
        }
    }
}

impl<D: Driver> Drop for Pooled<D> {
    fn drop(&mut self) {
        let Some(mut entry) = self.entry.take() else { return };
        entry.end_loan();
        if std::thread::panicking() || !entry.is_clean() {
            entry.discard(ClosedBecause::Unclean);
        } else if entry.is_past_its_time() || entry.may_be_surplus() {
            // Reaching the pool costs something, so it is asked only where its answer may matter.
            let unwanted = match managed::Object::pool(&entry) {
                Some(pool) => pool.manager().rules().is_unwanted(&entry, &pool.status()),
                None => Some(ClosedBecause::PoolClosed),
            };
            if let Some(because) = unwanted {
                entry.close(because);
            }
        }
        if entry.is_open() {
            drop(entry);
        } else {
            // Only now, with the connection closed, may another be opened in its place.
            drop(managed::Object::take(entry));
        }
    }
}

impl<D: Driver> Deref for Pooled<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        match self.entry.as_ref().and_then(|entry| entry.connection()) {
            Some(connection) => connection,
            None => unreachable!("a connection on loan is open"),
        }
    }
}

impl<D: Driver> DerefMut for Pooled<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        match self.entry.as_mut().and_then(|entry| entry.connection_mut()) {
            Some(connection) => connection,
            None => unreachable!("a connection on loan is open"),
        }
    }
}
