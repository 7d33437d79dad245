//! What went wrong once a transaction was committed.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Something given to `on_commit` failed after the commit. Everything that the transaction wrote is there.
#[derive(Clone)]
pub struct OnCommitError {
    inner: Arc<dyn StdError + Send + Sync>,
    skipped: usize,
}

impl OnCommitError {
    /// An error of what was to run, and how much behind it was left out.
    pub(crate) fn new(error: Box<dyn StdError + Send + Sync>, skipped: usize) -> Self {
        OnCommitError { inner: Arc::from(error), skipped }
    }

    /// The error itself, to downcast.
    pub fn get_ref(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self.inner.as_ref()
    }

    /// How much that was registered behind it did not run because of it.
    pub fn skipped(&self) -> usize {
        self.skipped
    }
}

impl fmt::Display for OnCommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the transaction was committed, but what was to run after it failed: {}", self.inner)
    }
}

impl fmt::Debug for OnCommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnCommitError").field("error", &self.inner).field("skipped", &self.skipped).finish()
    }
}

impl StdError for OnCommitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.inner.as_ref())
    }
}
