//! Several statements that take effect together.

use std::future::Future;

use super::inside::inside;
use super::run::end;
use crate::backend::{Backend, Block, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::run::Running;

/// Work of several statements, on whatever runs them: a trait, because a closure cannot be generic.
pub(in crate::exec) trait Work<B: Backend>: Send {
    /// What comes of it.
    type Out: Send;

    /// Runs the statements one after another.
    fn run<E: Executor<Backend = B>>(self, db: &E) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// Runs the work so that all of it takes effect, or nothing: in a transaction, or in a savepoint of the one there is.
///
/// There is much of it for each model, so it is boxed, and what is around it is compiled for each kind of result and not for
/// each kind of work.
pub(in crate::exec) fn together<'w, E: Executor, W: Work<E::Backend> + 'w>(
    db: &'w E,
    operation: Operation,
    work: W,
) -> Running<'w, W::Out> {
    Box::pin(async move {
        let block = Box::pin(db.open_block(operation)).await?;
        let ended = within(&block, Box::pin(work.run(&block))).await;
        end(block, ended.is_ok()).await?;
        ended
    })
}

fn within<'b, K: Block, T: 'b>(block: &'b K, work: Running<'b, T>) -> Running<'b, T> {
    Box::pin(inside(block.number(), block.span(), work))
}
