//! Several statements that take effect together.

use std::future::Future;

use crate::backend::Executor;
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::transaction::atomically;

/// Work of several statements, on whatever runs them: a trait, because a closure cannot be generic.
pub(in crate::exec) trait Work: Send {
    /// What comes of it.
    type Out: Send;

    /// Runs the statements one after another.
    fn run<E: Executor>(self, db: &E) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// Runs the work so that all of it takes effect, or nothing: in a transaction, or in a savepoint of the one there is.
pub(in crate::exec) async fn together<E: Executor, W: Work>(
    db: &E,
    operation: Operation,
    work: W,
) -> Result<W::Out> {
    atomically(db, operation, async move |block| work.run(block).await).await
}
