//! Asking an idle connection for a sign of life.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::entry::Entry;
use crate::backend::PooledConnection;

/// Longest wait for the answer.
const PING: Duration = Duration::from_secs(1);

/// When to ask, how long to wait, and what silence says about the others.
pub(super) struct Health {
    after: Option<Duration>,
    limit: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When each question that is still open was asked.
    open: Vec<Instant>,
    /// When a question was last given up.
    silence: Option<Instant>,
}

impl Health {
    pub(super) fn new(after: Option<Duration>, acquire_timeout: Duration) -> Self {
        // The caller's time must be enough for a new connection after the silence.
        Health { after, limit: PING.min(acquire_timeout / 2), state: Mutex::default() }
    }

    /// True when the connection may be lent: it was used a moment ago, or it answers.
    ///
    /// When one question stays without an answer, the connections that have been idle since before are taken for lost
    /// unasked: asking each would cost a caller a second a connection, and a firewall that forgot one forgot them all.
    pub(super) async fn is_good<C: PooledConnection>(&self, entry: &mut Entry<C>, now: Instant) -> bool {
        if self.after.is_none_or(|after| entry.idle(now) <= after) {
            return true;
        }
        if self.with(|state| state.silence).is_some_and(|silence| entry.since() < silence) {
            return false;
        }
        let Some(connection) = entry.connection_mut() else { return false };
        let asked = Question::ask(self, now);
        // Boxed: it is rare, and would be part of the future of every query.
        let answer = Box::pin(timeout(self.limit, connection.ping())).await;
        drop(asked);
        if answer.is_err() {
            self.with(|state| state.silence = Some(Instant::now()));
        }
        matches!(answer, Ok(Ok(())))
    }

    /// Since when the longest open question waits.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.with(|state| state.open.iter().min().copied())
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A question that is open until this is dropped.
struct Question<'a> {
    health: &'a Health,
    at: Instant,
}

impl<'a> Question<'a> {
    fn ask(health: &'a Health, at: Instant) -> Self {
        health.with(|state| state.open.push(at));
        Question { health, at }
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.health.with(|state| {
            if let Some(index) = state.open.iter().position(|at| *at == self.at) {
                state.open.swap_remove(index);
            }
        });
    }
}
