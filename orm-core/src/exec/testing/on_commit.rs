//! What would run after commits, for tests to look at.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, PoisonError};

use super::{Staged, TestState};
use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::exec::transaction::{Hook, run_hooks};

impl<B: Backend> Staged<B> {
    /// Runs code, and keeps what it gave to `on_commit` instead of running it.
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] where the code is within such a call already.
    pub async fn capture_on_commit<F: Future>(&self, code: F) -> Result<(F::Output, OnCommit)> {
        let capture = Capture::begin(&self.stage.test)?;
        let output = code.await;
        Ok((output, OnCommit { hooks: capture.end() }))
    }
}

/// While it is there, hooks are kept.
struct Capture<'t>(&'t Arc<TestState>);

impl<'t> Capture<'t> {
    fn begin(test: &'t Arc<TestState>) -> Result<Self> {
        let mut captured = test.captured.lock().unwrap_or_else(PoisonError::into_inner);
        if captured.is_some() {
            let what = "`capture_on_commit` is within another one of the same database; which of them would have what \
                        commits?";
            return Err(Error::InvalidQuery(what.into()));
        }
        *captured = Some(Vec::new());
        drop(captured);
        Ok(Capture(test))
    }

    fn end(self) -> Vec<Hook> {
        self.0.captured.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}

impl Drop for Capture<'_> {
    fn drop(&mut self) {
        self.0.captured.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// What was given to `on_commit` by transactions that were committed, in that order.
#[must_use = "what was captured does not run unless `run` is called"]
pub struct OnCommit {
    hooks: Vec<Hook>,
}

impl OnCommit {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.hooks.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hooks.is_empty()
    }

    /// Runs them in their order, as they would have run.
    ///
    /// # Errors
    /// [`Error::OnCommit`] when one fails; those after it do not run.
    pub async fn run(self) -> Result<()> {
        run_hooks(self.hooks).await
    }
}

impl fmt::Debug for OnCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnCommit").field("len", &self.len()).finish()
    }
}
