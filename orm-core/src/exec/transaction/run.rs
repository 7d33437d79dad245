//! Runs the code of a block, and ends the block as the code ended.

use super::inside::inside;
use crate::backend::{Block, Executor};
use crate::compile::Operation;
use crate::error::{Error, Result};

/// Runs `work` in a block of its own, whatever the executor is: a database opens a transaction, a transaction a
/// savepoint.
///
/// # Errors
/// What `work` returns, or what goes wrong with the block.
pub async fn atomically<X, T, E, F>(db: &X, operation: Operation, work: F) -> Result<T, E>
where
    X: Executor,
    E: From<Error>,
    F: AsyncFnOnce(&X::Block) -> Result<T, E>,
{
    run(db.open_block(operation).await?, work).await
}

/// Runs a block's code in it.
pub(super) async fn run<K, T, E, F>(block: K, work: F) -> Result<T, E>
where
    K: Block,
    E: From<Error>,
    F: AsyncFnOnce(&K) -> Result<T, E>,
{
    match inside(block.number(), work(&block)).await {
        Ok(value) => {
            block.commit_block().await?;
            Ok(value)
        }
        Err(error) => {
            // The code's error is the one to report; what cannot be rolled back now is closed, which does it too.
            let _ = block.roll_back_block().await;
            Err(error)
        }
    }
}
