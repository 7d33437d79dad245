//! Who may open a connection now.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::failure::Failure;
use super::jitter::Jitter;

/// Attempts at a time while the server lets us in. Enough to fill a pool quickly, few enough not to drown a server
/// that has just come up in log-ins, or in refusals before the first of them is known.
const ABREAST: usize = 4;

/// From the start of an attempt that failed to the start of the next: at most two a second.
const BACK_OFF: Duration = Duration::from_millis(500);

/// Added to it, up to this, so that the pools of many processes do not come in step.
const SPREAD: Duration = Duration::from_millis(50);

/// How long a failure is told at least: those who queued while an attempt hung need not try it again one by one.
const TOLD: Duration = Duration::from_millis(50);

/// The way to the server. As long as it is not known to be open (at first, or after a failure) one caller goes ahead
/// and the others wait for what becomes of it; a failure is shared by all who wait, and by those who come within the
/// back-off. There is no growing back-off: half a second is little load, and a server that is back is found soon.
#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    /// An attempt has ended.
    ended: Notify,
    /// The pool was closed.
    closing: Notify,
    jitter: Jitter,
}

#[derive(Default)]
struct State {
    /// Of each attempt under way: since when the server has been silent.
    underway: Vec<Instant>,
    /// The last attempt, if its caller left before an answer: since when the server was silent, and until when we
    /// listened.
    abandoned: Option<(Instant, Instant)>,
    way: Way,
    closed: bool,
}

#[derive(Default)]
enum Way {
    #[default]
    Unknown,
    Open,
    Shut {
        failure: Failure,
        /// Until then callers are told of it at once; later ones wait for the next attempt.
        told: Instant,
        /// When the next attempt may be begun.
        next: Instant,
    },
}

/// Why there is no way.
pub(super) enum Refusal {
    /// Others have just failed.
    Failed(Failure),
    /// The pool was closed.
    Closed,
}

impl Gate {
    /// Waits for the right to connect.
    pub(super) async fn admit(&self) -> Result<Attempt<'_>, Refusal> {
        loop {
            let mut ended = pin!(self.ended.notified());
            // Listening begins before looking, so that no end is missed in between.
            ended.as_mut().enable();
            if let Some(answer) = self.try_admit() {
                return answer;
            }
            ended.await;
        }
    }

    /// Runs `work` to its end, or until the pool is closed.
    pub(super) async fn unless_closed<T>(&self, work: impl Future<Output = T>) -> Option<T> {
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

    pub(super) fn close(&self) {
        self.with(|state| state.closed = true);
        self.closing.notify_waiters();
        self.ended.notify_waiters();
    }

    /// Since when the server has been silent, if anybody is connecting. Callers who left and were followed by others
    /// at once count as one.
    pub(super) fn silent_since(&self) -> Option<Instant> {
        self.with(|state| state.underway.iter().min().copied())
    }

    /// The answer, or `None` when there is one to wait for.
    fn try_admit(&self) -> Option<Result<Attempt<'_>, Refusal>> {
        self.with(|state| {
            if state.closed {
                return Some(Err(Refusal::Closed));
            }
            let now = Instant::now();
            let alone = state.underway.is_empty();
            match &mut state.way {
                Way::Open if state.underway.len() < ABREAST => {}
                Way::Unknown if alone => {}
                // The last attempt failed, or was abandoned before its back-off was over.
                Way::Shut { failure, told, next } if now < *told || (alone && now < *next) => {
                    return Some(Err(Refusal::Failed(failure.copy())));
                }
                Way::Shut { next, .. } if alone => *next = now + self.back_off(),
                Way::Open | Way::Unknown | Way::Shut { .. } => return None,
            }
            let since = match state.abandoned {
                Some((since, until)) if now.saturating_duration_since(until) <= TOLD => since,
                _ => now,
            };
            state.underway.push(since);
            Some(Ok(Attempt { gate: self, begun: now, since, answered: false }))
        })
    }

    fn back_off(&self) -> Duration {
        BACK_OFF + self.jitter.below(SPREAD)
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The right to connect once. Dropped without an outcome (the caller went away) it says nothing about the server.
pub(super) struct Attempt<'a> {
    gate: &'a Gate,
    begun: Instant,
    since: Instant,
    answered: bool,
}

impl Attempt<'_> {
    pub(super) fn succeeded(self) {
        self.end(Way::Open);
    }

    pub(super) fn failed(self, failure: Failure) {
        let next = (self.begun + self.gate.back_off()).max(Instant::now() + TOLD);
        self.end(Way::Shut { failure, told: next, next });
    }

    fn end(mut self, way: Way) {
        self.answered = true;
        self.gate.with(|state| state.way = way);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.gate.with(|state| {
            if let Some(index) = state.underway.iter().position(|since| *since == self.since) {
                state.underway.swap_remove(index);
            }
            state.abandoned = (!self.answered).then(|| (self.since, Instant::now()));
        });
        self.gate.ended.notify_waiters();
    }
}
