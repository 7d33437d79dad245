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

/// What is known of an idle connection.
pub(super) enum Condition {
    /// It was used a moment ago.
    Fresh,
    /// It was idle for long and must be asked.
    Unknown,
    /// It is as good as gone.
    Lost,
}

impl Health {
    pub(super) fn new(after: Option<Duration>, acquire_timeout: Duration) -> Self {
        // The caller's time must be enough for a new connection after the silence.
        Health { after, limit: PING.min(acquire_timeout / 2), state: Mutex::default() }
    }

    /// What is known of an idle connection without asking it.
    ///
    /// When one question stays without an answer, the connections that have been idle since before are taken for lost
    /// unasked: asking each would cost a caller a second a connection, and a firewall that forgot one forgot them all.
    pub(super) fn of<C: PooledConnection>(&self, entry: &Entry<C>, now: Instant) -> Condition {
        let closes = entry.connection().and_then(PooledConnection::longest_idle);
        if closes.is_some_and(|longest| entry.idle(now) >= longest) {
            Condition::Lost
        } else if self.after.is_none_or(|after| entry.idle(now) <= after) {
            Condition::Fresh
        } else if self.with(|state| state.silence).is_some_and(|silence| entry.since() < silence) {
            Condition::Lost
        } else {
            Condition::Unknown
        }
    }

    /// Asks the connection; true when it answers in time.
    pub(super) async fn ask<C: PooledConnection>(&self, connection: &mut C) -> bool {
        let asked = Question::ask(self);
        let answer = timeout(self.limit, connection.ping()).await;
        drop(asked);
        if answer.is_err() {
            self.with(|state| state.silence = Some(Instant::now()));
        }
        matches!(answer, Ok(Ok(())))
    }

    /// Since when the longest open question waits.
    pub(super) fn silent_since(&self) -> Option<Instant> {
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
    fn ask(health: &'a Health) -> Self {
        let at = Instant::now();
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
