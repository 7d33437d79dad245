//! Who may open a connection now, and who gets it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::failure::Failure;
use crate::error::{Error, PoolError, Result};
use crate::exec::jitter::Jitter;

/// Attempts at a time while the server lets us in. Enough to fill a pool quickly, few enough not to drown a server
/// that has just come up in log-ins, or in refusals before the first of them is known.
const ABREAST: usize = 4;

/// From the start of an attempt that failed to the start of the next: at most two a second.
const BACK_OFF: Duration = Duration::from_millis(500);

/// Added to it, up to this, so that the pools of many processes do not come in step.
const SPREAD: Duration = Duration::from_millis(50);

/// How long a failure is told at least: those who queued while an attempt hung need not try it again one by one.
const TOLD: Duration = Duration::from_millis(50);

/// The way to the server, for those who want a connection that the pool does not have yet.
///
/// As long as the way is not known to be open (at first, or after a failure) there is one attempt, and all wait for
/// what becomes of it; a failure is shared by all who wait, and by those who come within the back-off. The back-off
/// does not grow: two attempts a second are little load, and a server that is back is found soon. An attempt that
/// hangs does not stop others from being begun, again two a second.
///
/// An attempt goes on when the caller for whom it was begun has left, and what it opens is for the next: callers with
/// less patience than a log-in takes would never get a connection otherwise, and storm the server trying. Attempts
/// under way and connections not yet fetched are never more than callers ever wanted at the same time, and each of
/// those had a permit without a connection: so there are never more connections than permits.
pub(super) struct Gate<T> {
    state: Mutex<State<T>>,
    /// An attempt has ended.
    ended: Notify,
    /// The pool was closed.
    closing: Notify,
    jitter: Jitter,
}

struct State<T> {
    way: Way,
    /// When each attempt under way was begun, in that order.
    underway: Vec<Instant>,
    /// Callers who wait for a connection.
    wanting: usize,
    /// Opened and not yet fetched.
    ready: Vec<T>,
    closed: bool,
}

enum Way {
    Unknown,
    /// Open, as was last seen then.
    Open(Instant),
    /// Shut; until then nobody tries.
    Shut(Failure, Instant),
}

/// What a caller is to do.
enum Step<T> {
    Fetch(T),
    Begin(Attempt<T>),
    /// Wait for an attempt to end, at most until then.
    Wait(Option<Instant>),
    Fail(Error),
}

impl<T> Gate<T> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Gate {
            state: Mutex::new(State {
                way: Way::Unknown,
                underway: Vec::new(),
                wanting: 0,
                ready: Vec::new(),
                closed: false,
            }),
            ended: Notify::new(),
            closing: Notify::new(),
            jitter: Jitter::default(),
        })
    }

    /// A connection that was opened: for this caller, or for one who left. `begin` starts the attempts it is given, and
    /// `target` says where to, in errors.
    pub(super) async fn fetch(
        self: &Arc<Self>,
        begin: impl Fn(Attempt<T>),
        target: impl Fn() -> String,
    ) -> Result<T> {
        let wanting = Wanting::new(self);
        loop {
            let mut ended = pin!(self.ended.notified());
            // Listening begins before looking, so that no end is missed in between.
            ended.as_mut().enable();
            match self.step(&target) {
                Step::Fetch(connection) => {
                    wanting.is_served();
                    return Ok(connection);
                }
                Step::Fail(error) => return Err(error),
                Step::Begin(attempt) => begin(attempt),
                Step::Wait(None) => ended.await,
                Step::Wait(Some(until)) => drop(timeout_at(until, ended).await),
            }
        }
    }

    /// Runs `work` to its end, or until the pool is closed.
    pub(super) async fn unless_closed<R>(&self, work: impl Future<Output = R>) -> Option<R> {
        let mut closing = pin!(self.closing.notified());
        closing.as_mut().enable();
        if self.with(|state| state.closed) {
            return None;
        }
        let mut work = pin!(work);
        poll_fn(|context| match closing.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => work.as_mut().poll(context).map(Some),
        })
        .await
    }

    /// Ends all who wait and connect, and what was not fetched.
    pub(super) fn close(&self) {
        let unfetched = self.with(|state| {
            state.closed = true;
            std::mem::take(&mut state.ready)
        });
        drop(unfetched);
        self.closing.notify_waiters();
        self.ended.notify_waiters();
    }

    /// When the longest attempt under way was begun.
    pub(super) fn silent_since(&self) -> Option<Instant> {
        self.with(|state| state.underway.first().copied())
    }

    fn step(self: &Arc<Self>, target: &impl Fn() -> String) -> Step<T> {
        self.with(|state| {
            if state.closed {
                return Step::Fail(PoolError::Closed.into());
            }
            if let Some(connection) = state.ready.pop() {
                // Under the same lock: whoever looked in between would count a caller who has a connection, and open one more
                // than there are permits.
                state.wanting -= 1;
                return Step::Fetch(connection);
            }
            let now = Instant::now();
            let abreast = match &mut state.way {
                Way::Shut(failure, until) if now < *until => return Step::Fail(failure.tell(target())),
                Way::Open(_) => ABREAST,
                Way::Unknown | Way::Shut(..) => 1,
            };
            if state.underway.len() >= state.wanting {
                return Step::Wait(None);
            }
            let next = state.underway.last().map_or(now, |last| *last + BACK_OFF);
            if state.underway.len() >= abreast && now < next {
                return Step::Wait(Some(next));
            }
            state.underway.push(now);
            Step::Begin(Attempt { gate: Arc::clone(self), begun: now })
        })
    }

    fn with<R>(&self, look: impl FnOnce(&mut State<T>) -> R) -> R {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A caller who wants a connection, until this is dropped.
struct Wanting<'a, T>(&'a Gate<T>);

impl<'a, T> Wanting<'a, T> {
    fn new(gate: &'a Gate<T>) -> Self {
        gate.with(|state| state.wanting += 1);
        Wanting(gate)
    }
}

impl<T> Wanting<'_, T> {
    /// The caller has a connection, and [`Gate::step`] no longer counts it.
    fn is_served(self) {
        std::mem::forget(self);
    }
}

impl<T> Drop for Wanting<'_, T> {
    fn drop(&mut self) {
        self.0.with(|state| state.wanting -= 1);
    }
}

/// The right to connect once. Dropped without an outcome (its runtime was shut down) it says nothing of the server.
pub(super) struct Attempt<T> {
    gate: Arc<Gate<T>>,
    begun: Instant,
}

impl<T> Attempt<T> {
    /// Leaves the connection to who wants it; with nobody there it is kept for the next, unless it is `surplus`.
    pub(super) fn succeeded(self, connection: T, surplus: bool) {
        let unwanted = self.gate.with(|state| {
            state.way = Way::Open(Instant::now());
            if state.closed || (surplus && state.wanting == 0) {
                return Some(connection);
            }
            state.ready.push(connection);
            None
        });
        // Not under the lock: it runs the driver's code. And before the attempt ends: until then it counts.
        drop(unwanted);
    }

    pub(super) fn failed(self, failure: Failure) {
        let next = self.begun + BACK_OFF + self.gate.jitter.below(SPREAD);
        let until = next.max(Instant::now() + TOLD);
        self.gate.with(|state| match (&state.way, &failure) {
            // One attempt got lost while others went through: no news.
            (Way::Open(seen), Failure::TimedOut(_)) if *seen >= self.begun => {}
            _ => state.way = Way::Shut(failure, until),
        });
    }
}

impl<T> Drop for Attempt<T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let until = Instant::now() + BACK_OFF;
            self.gate.with(|state| state.way = Way::Shut(Failure::panicked(), until));
        }
        self.gate.with(|state| {
            if let Some(index) = state.underway.iter().position(|begun| *begun == self.begun) {
                state.underway.remove(index);
            }
        });
        self.gate.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(gate: &Arc<Gate<u8>>) -> Step<u8> {
        gate.step(&String::new)
    }

    #[test]
    fn who_has_a_connection_wants_none() {
        let gate = Gate::new();
        let (first, _second) = (Wanting::new(&gate), Wanting::new(&gate));
        let Step::Begin(attempt) = next(&gate) else { panic!("nobody connects yet") };
        attempt.succeeded(1, false);
        // The attempt has ended, and one of the two has what it opened, but does not go on yet.
        assert!(matches!(next(&gate), Step::Fetch(1)));
        let Step::Begin(_attempt) = next(&gate) else { panic!("the other wants one") };
        assert!(matches!(next(&gate), Step::Wait(None)), "a third connection for two callers");
        first.is_served();
    }
}
