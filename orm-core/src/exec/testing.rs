//! What tests set for a database of theirs: its time, and whether they want to see what runs after commits.

mod clock;
mod fixture;
mod fixture_order;
mod on_commit;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::Database;
use super::transaction::{Hook, Level, run_hooks};
use crate::backend::Backend;
use crate::error::Result;

pub use clock::Clock;
pub use fixture::Fixture;
pub use on_commit::OnCommit;

/// What a test has set for its database; all handles to it, and all its transactions, share it.
pub(super) struct TestState {
    pub(super) rolled_back: bool,
    clock: Clock,
    /// What would have run, while somebody wants to see it.
    captured: Mutex<Option<Vec<Hook>>>,
}

impl TestState {
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Runs what is to run after a commit, or keeps it.
    pub(super) async fn run(&self, hooks: Vec<Hook>) -> Result<()> {
        let hooks = {
            let mut captured = self.captured.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *captured {
                Some(kept) => {
                    kept.extend(hooks);
                    return Ok(());
                }
                None => hooks,
            }
        };
        run_hooks(hooks).await
    }
}

/// What makes a database one of a test.
pub(super) struct Stage<B: Backend> {
    pub(super) test: Arc<TestState>,
    /// The transaction around the test, where it is rolled back.
    pub(super) around: Option<Arc<Level<B>>>,
}

/// A stage, as the database's handle has it: hidden as `Database` hides the rest.
pub(super) trait OnStage<B: Backend>: Send + Sync {
    fn stage(&self) -> &Stage<B>;
}

impl<B: Backend> OnStage<B> for Stage<B> {
    fn stage(&self) -> &Stage<B> {
        self
    }
}

/// A database of a test, with what only a test may do to it.
pub struct Staged<B: Backend> {
    db: Database<B>,
    stage: Arc<Stage<B>>,
}

impl<B: Backend> Staged<B> {
    /// Makes a database one of a test: `rolled_back` opens a transaction around everything that is to come.
    ///
    /// # Errors
    /// No connection can be had.
    pub async fn new(db: Database<B>, rolled_back: bool) -> Result<Self> {
        let test = Arc::new(TestState { rolled_back, clock: Clock::new(), captured: Mutex::new(None) });
        let around = if rolled_back { Some(Level::around_test(&db, &test).await?) } else { None };
        let stage = Arc::new(Stage { test, around });
        Ok(Staged { db: db.staged(stage.clone()), stage })
    }

    /// The database, for the code under test.
    pub fn database(&self) -> &Database<B> {
        &self.db
    }

    /// The database's clock.
    pub fn clock(&self) -> &Clock {
        &self.stage.test.clock
    }

    /// Ends the test: rolls back what is to be, and closes the database. False when it may not be as it was before.
    pub async fn end(&self) -> bool {
        let intact = match &self.stage.around {
            Some(around) => around.end_test().await,
            None => false,
        };
        self.db.close().await;
        intact
    }
}

impl<B: Backend> Clone for Staged<B> {
    fn clone(&self) -> Self {
        Staged { db: self.db.clone(), stage: Arc::clone(&self.stage) }
    }
}

impl<B: Backend> fmt::Debug for Staged<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Staged")
            .field("db", &self.db)
            .field("rolled_back", &self.stage.test.rolled_back)
            .finish_non_exhaustive()
    }
}
