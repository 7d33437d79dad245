//! A driver made of memory, with switches for what can go wrong.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::backend::{Driver, PooledConnection};
use crate::error::{DatabaseError, DatabaseErrorKind, Result};

#[derive(Clone, Copy, Debug)]
pub(super) enum Connecting {
    AtOnce,
    After(Duration),
    /// The server answers with an error after this.
    Refused(Duration),
    Hangs,
    Panics,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Pinging {
    Answered,
    Refused,
    Hangs,
}

#[derive(Clone)]
pub(super) struct Fake(Arc<Server>);

struct Server {
    connecting: Mutex<Connecting>,
    pinging: Mutex<Pinging>,
    attempts: Mutex<Vec<Instant>>,
    opened: AtomicUsize,
    live: AtomicUsize,
    most_live: AtomicUsize,
    pings: AtomicUsize,
    discarded: AtomicUsize,
}

impl Fake {
    pub(super) fn new() -> Self {
        Fake(Arc::new(Server {
            connecting: Mutex::new(Connecting::AtOnce),
            pinging: Mutex::new(Pinging::Answered),
            attempts: Mutex::default(),
            opened: AtomicUsize::new(0),
            live: AtomicUsize::new(0),
            most_live: AtomicUsize::new(0),
            pings: AtomicUsize::new(0),
            discarded: AtomicUsize::new(0),
        }))
    }

    pub(super) fn set_connecting(&self, connecting: Connecting) {
        *self.0.connecting.lock().unwrap() = connecting;
    }

    pub(super) fn set_pinging(&self, pinging: Pinging) {
        *self.0.pinging.lock().unwrap() = pinging;
    }

    /// When each attempt to connect was begun.
    pub(super) fn attempts(&self) -> Vec<Instant> {
        self.0.attempts.lock().unwrap().clone()
    }

    /// Connections opened so far.
    pub(super) fn opened(&self) -> usize {
        self.0.opened.load(SeqCst)
    }

    /// Connections open now.
    pub(super) fn live(&self) -> usize {
        self.0.live.load(SeqCst)
    }

    /// Most connections that were ever open at the same time.
    pub(super) fn most_live(&self) -> usize {
        self.0.most_live.load(SeqCst)
    }

    pub(super) fn pings(&self) -> usize {
        self.0.pings.load(SeqCst)
    }

    /// Connections given up by `discard`.
    pub(super) fn discarded(&self) -> usize {
        self.0.discarded.load(SeqCst)
    }
}

impl Driver for Fake {
    type Connection = FakeConnection;

    async fn connect(&self) -> Result<FakeConnection> {
        self.0.attempts.lock().unwrap().push(Instant::now());
        let connecting = *self.0.connecting.lock().unwrap();
        match connecting {
            Connecting::AtOnce => {}
            Connecting::After(delay) => sleep(delay).await,
            Connecting::Refused(delay) => {
                sleep(delay).await;
                let kind = DatabaseErrorKind::OutOfResources;
                let error = DatabaseError::new(kind, "too many clients").with_code("53300");
                return Err(error.with_source("fake", "the driver's words").into());
            }
            Connecting::Hangs => std::future::pending().await,
            Connecting::Panics => panic!("the driver's fault"),
        }
        let live = self.0.live.fetch_add(1, SeqCst) + 1;
        self.0.most_live.fetch_max(live, SeqCst);
        Ok(FakeConnection {
            id: self.0.opened.fetch_add(1, SeqCst),
            clean: Arc::new(AtomicBool::new(true)),
            server: Arc::clone(&self.0),
        })
    }

    fn target(&self) -> String {
        "fake://memory".to_owned()
    }
}

pub(super) struct FakeConnection {
    pub(super) id: usize,
    /// Shared, so that a test may spoil a connection that is idle.
    pub(super) clean: Arc<AtomicBool>,
    server: Arc<Server>,
}

impl PooledConnection for FakeConnection {
    fn is_clean(&self) -> bool {
        self.clean.load(SeqCst)
    }

    async fn ping(&mut self) -> Result<()> {
        self.server.pings.fetch_add(1, SeqCst);
        let pinging = *self.server.pinging.lock().unwrap();
        match pinging {
            Pinging::Answered => Ok(()),
            Pinging::Refused => Err(DatabaseError::connection_lost("gone").into()),
            Pinging::Hangs => {
                self.clean.store(false, SeqCst);
                std::future::pending().await
            }
        }
    }

    fn discard(self) {
        self.server.discarded.fetch_add(1, SeqCst);
    }
}

impl Drop for FakeConnection {
    fn drop(&mut self) {
        self.server.live.fetch_sub(1, SeqCst);
    }
}
