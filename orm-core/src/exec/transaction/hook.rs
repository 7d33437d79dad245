//! What is to run after the commit.

use std::error::Error as StdError;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use crate::error::{Error, OnCommitError, Result};

type BoxError = Box<dyn StdError + Send + Sync>;
type Work = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

/// What `on_commit` may give: nothing, or a `Result` with nothing in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the outcome of what runs on commit",
    label = "expected `()` or `Result<(), E>`",
    note = "end the block with `;`, or with `Ok::<(), SomeError>(())`"
)]
pub trait HookOutcome {
    /// The error, if it is one.
    ///
    /// # Errors
    /// What was to run has failed.
    fn into_result(self) -> Result<(), BoxError>;
}

impl HookOutcome for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Into<BoxError>> HookOutcome for Result<(), E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}

/// Something to run after the commit.
pub(in crate::exec) struct Hook {
    work: Work,
    robust: bool,
}

impl Hook {
    pub(super) fn new<F>(work: F, robust: bool) -> Self
    where
        F: Future<Output: HookOutcome> + Send + 'static,
    {
        let work: Work = Box::pin(async move { work.await.into_result() });
        Hook { work, robust }
    }

    async fn run(self) -> Result<(), BoxError> {
        let mut work = self.work;
        if !self.robust {
            return work.await;
        }
        // Nothing is left of it but its memory, so a panic cannot have left anything half done.
        let guarded = poll_fn(|context| {
            catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)))
                .unwrap_or_else(|_| Poll::Ready(Err("it panicked".into())))
        });
        if let Err(error) = guarded.await {
            tracing::error!(target: "orm", %error, "what was to run after a commit failed");
        }
        Ok(())
    }
}

/// Runs them in their order.
pub(in crate::exec) async fn run(hooks: Vec<Hook>) -> Result<()> {
    let mut rest = hooks.into_iter();
    while let Some(hook) = rest.next() {
        if let Err(error) = hook.run().await {
            return Err(Error::OnCommit(OnCommitError::new(error, rest.len())));
        }
    }
    Ok(())
}
