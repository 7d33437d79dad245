//! Transactions that are open for long: told of while they still are, and at their end.
//!
//! The transactions of a database are on one list, in the order in which they were opened. One task looks at it when the
//! oldest is due; it lives only while there are any, so that a short transaction costs its line in the list.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};
use tracing::Span;
use tracing::instrument::WithSubscriber;

use super::running::micros;
use crate::backend::Observed;
use crate::compile::{Dialect, Operation};

/// The open transactions of a database.
#[derive(Default)]
pub(in crate::exec) struct Watch {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: BTreeMap<u64, Line>,
    /// The task is there.
    awake: bool,
}

struct Line {
    about: Watched,
    told: bool,
}

/// What is known of an open transaction.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) dialect: Dialect,
    pub(super) observed: Observed,
    pub(super) operation: Operation,
    pub(super) span: Span,
    pub(super) since: Instant,
}

/// Whether anybody listens to warnings.
pub(super) fn is_warned() -> bool {
    tracing::enabled!(target: "orm::transaction", tracing::Level::WARN)
}

impl Watch {
    pub(super) fn begin(self: &Arc<Self>, number: u64, about: Watched) {
        let Some(due) = about.due() else { return };
        let wakes = self.with(|state| {
            state.open.insert(number, Line { about, told: false });
            !std::mem::replace(&mut state.awake, true)
        });
        if !wakes {
            return;
        }
        let awake = Awake(Arc::downgrade(self));
        // Without a runtime the end still tells.
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(keep(awake, due).with_current_subscriber()));
        }
    }

    pub(super) fn end(&self, number: u64, outcome: &'static str) {
        let Some(Line { about, .. }) = self.with(|state| state.open.remove(&number)) else { return };
        let elapsed = about.since.elapsed();
        if about.observed.long_transaction_after().is_some_and(|after| elapsed > after) {
            about.warn(number, elapsed, Some(outcome));
        }
    }

    /// Tells of those that are due. Gives the moment when the next will be; when there is none the task is to end.
    fn look(&self) -> Option<Instant> {
        let now = Instant::now();
        let (due, next) = self.with(|state| {
            let mut due = Vec::new();
            let mut next = None;
            for (number, line) in state.open.iter_mut().filter(|(_, line)| !line.told) {
                match line.about.due() {
                    Some(at) if at <= now => {
                        line.told = true;
                        due.push((*number, line.about.clone()));
                    }
                    Some(at) => {
                        next = Some(at);
                        break;
                    }
                    None => {}
                }
            }
            state.awake = next.is_some();
            (due, next)
        });
        // Not under the lock: a subscriber's code runs.
        for (number, about) in due {
            about.warn(number, now.saturating_duration_since(about.since), None);
        }
        next
    }

    fn with<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Looks when somebody is due, until nobody can be any more.
async fn keep(awake: Awake, first: Instant) {
    let mut next = first;
    loop {
        sleep_until(next).await;
        match awake.0.upgrade().and_then(|watch| watch.look()) {
            Some(due) => next = due,
            None => break,
        }
    }
    std::mem::forget(awake);
}

/// The task. Dropped before its end, with its runtime, it makes room for another.
struct Awake(Weak<Watch>);

impl Drop for Awake {
    fn drop(&mut self) {
        if let Some(watch) = self.0.upgrade() {
            watch.with(|state| state.awake = false);
        }
    }
}

impl Watched {
    fn due(&self) -> Option<Instant> {
        self.since.checked_add(self.observed.long_transaction_after()?)
    }

    fn warn(&self, number: u64, elapsed: Duration, outcome: Option<&'static str>) {
        let Watched { dialect, observed, operation, span, .. } = self;
        let location = operation.location;
        let place = location.map_or_else(String::new, |location| format!(", at {location}"));
        let verb = if outcome.is_some() { "was" } else { "is" };
        let _within = span.enter();
        tracing::warn!(
            target: "orm::transaction",
            {
                db.system.name = dialect.system_name(),
                db.namespace = observed.namespace(),
                orm.operation = %operation,
                orm.transaction.id = number,
                orm.transaction.outcome = outcome,
                duration_us = micros(elapsed),
                threshold_us = observed.long_transaction_after().map(micros),
                server.address = observed.address(),
                server.port = observed.port(),
                code.file.path = location.map(|location| location.file()),
                code.line.number = location.map(|location| location.line()),
            },
            "long transaction: `{operation}` {verb} open for {elapsed:.1?}{place}",
        );
    }
}
