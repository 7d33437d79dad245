//! Several statements that take effect together.

use std::future::Future;

use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::run::Running;
use crate::exec::transaction::{InBlock, atomically_boxed};

/// Work of several statements, on whatever runs them: a trait, because a closure cannot be generic.
pub(in crate::exec) trait Work<B: Backend>: Send {
    /// What comes of it.
    type Out: Send;

    /// Runs the statements one after another.
    fn run<E: Executor<Backend = B>>(self, db: &E) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// Runs the work so that all of it takes effect, or nothing: in a transaction, or in a savepoint of the one there is.
pub(in crate::exec) fn together<'w, E: Executor, W: Work<E::Backend> + 'w>(
    db: &'w E,
    operation: Operation,
    work: W,
) -> Running<'w, W::Out> {
    atomically_boxed(db, operation, Together(work))
}

struct Together<W>(W);

impl<K: Executor, W: Work<K::Backend>> InBlock<K, W::Out> for Together<W> {
    fn in_block<'b>(self, block: &'b K) -> Running<'b, W::Out>
    where
        Self: 'b,
    {
        Box::pin(self.0.run(block))
    }
}
