//! The last requests, with what is known of each.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::{Method, StatusCode, Uri};
use orm_core::exec::recorder::Recorder;

/// The last requests, the newest last.
pub(crate) struct Exchanges {
    most: usize,
    next: AtomicU64,
    used: AtomicBool,
    kept: Mutex<VecDeque<Arc<Exchange>>>,
}

/// A request, and what became of it.
pub(crate) struct Exchange {
    pub(crate) id: u64,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) begun: Instant,
    pub(crate) recorder: Recorder,
    state: Mutex<State>,
}

/// What became of a request so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    pub(crate) status: Option<StatusCode>,
    /// When it was over, from its beginning, and how.
    pub(crate) over: Option<(Duration, Ending)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The response was sent.
    Sent,
    /// The handler or the response was dropped: the client went away, or something panicked.
    Dropped,
}

impl Exchanges {
    pub(crate) fn new(most: usize) -> Self {
        Exchanges {
            most,
            next: AtomicU64::new(1),
            used: AtomicBool::new(false),
            kept: Mutex::new(VecDeque::new()),
        }
    }

    /// Whether this is the first time that it is asked.
    pub(crate) fn is_first_use(&self) -> bool {
        !self.used.swap(true, Ordering::Relaxed)
    }

    /// Adds a request that begins now; the oldest goes when there are too many.
    pub(crate) fn begin(&self, method: Method, uri: Uri) -> Arc<Exchange> {
        let exchange = Arc::new(Exchange {
            id: self.next.fetch_add(1, Ordering::Relaxed),
            method,
            uri,
            begun: Instant::now(),
            recorder: Recorder::with_values(),
            state: Mutex::default(),
        });
        let dropped = {
            let mut kept = self.lock();
            let dropped = if kept.len() >= self.most { kept.pop_front() } else { None };
            kept.push_back(Arc::clone(&exchange));
            dropped
        };
        // Not under the lock: it may be large.
        drop(dropped);
        exchange
    }

    /// The newest first.
    pub(crate) fn all(&self) -> Vec<Arc<Exchange>> {
        self.lock().iter().rev().cloned().collect()
    }

    pub(crate) fn find(&self, id: u64) -> Option<Arc<Exchange>> {
        self.lock().iter().find(|exchange| exchange.id == id).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Exchange>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exchange {
    pub(crate) fn state(&self) -> State {
        *self.lock()
    }

    /// How long it took, or takes so far.
    pub(crate) fn duration(&self) -> Duration {
        self.state().over.map_or_else(|| self.begun.elapsed(), |(after, _)| after)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is not over until this says so, or is dropped.
pub(crate) struct Running(Arc<Exchange>);

impl Running {
    pub(crate) fn new(exchange: Arc<Exchange>) -> Self {
        Running(exchange)
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.0
    }

    pub(crate) fn answered(&self, status: StatusCode) {
        self.0.lock().status = Some(status);
    }

    pub(crate) fn is_sent(&self) {
        self.ends(Ending::Sent);
    }

    fn ends(&self, ending: Ending) {
        let after = self.0.begun.elapsed();
        self.0.lock().over.get_or_insert((after, ending));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ends(Ending::Dropped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let exchanges = Exchanges::new(2);
        for path in ["/a", "/b", "/c"] {
            exchanges.begin(Method::GET, Uri::from_static(path));
        }
        let ids: Vec<_> = exchanges.all().iter().map(|exchange| exchange.id).collect();
        assert_eq!(ids, [3, 2]);
        assert!(exchanges.find(1).is_none() && exchanges.find(3).is_some());
    }

    #[test]
    fn how_a_request_ended_is_said_once() {
        let exchanges = Exchanges::new(2);
        let sent = Running::new(exchanges.begin(Method::GET, Uri::from_static("/")));
        assert!(sent.exchange().state().over.is_none());
        sent.is_sent();
        drop(sent);
        drop(Running::new(exchanges.begin(Method::GET, Uri::from_static("/"))));
        let endings: Vec<_> =
            exchanges.all().iter().map(|exchange| exchange.state().over.map(|(_, ending)| ending)).collect();
        assert_eq!(endings, [Some(Ending::Dropped), Some(Ending::Sent)]);
    }
}
