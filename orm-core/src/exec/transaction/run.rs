//! Runs the code of a block, and ends the block as the code ended.

use std::future::Future;
use std::pin::pin;

use super::inside::inside;
use crate::backend::{Block, Executor};
use crate::compile::Operation;
use crate::error::{Error, Result};

/// Runs `work` in a block of its own, whatever the executor is: a database opens a transaction, a transaction a
/// savepoint. For functions that take any executor; with a database or a transaction at hand there are
/// [`Database::atomic`](crate::exec::Database::atomic) and
/// [`Transaction::atomic`](crate::exec::Transaction::atomic).
///
/// ```
/// # use orm_doc_models::blog::*;
/// use orm::backend::Executor;
///
/// async fn merge(db: &impl Executor, from: &str, into: &User) -> orm::Result<u64> {
///     orm::atomic(db, async |tx| {
///         let posts = Post::objects().filter(|p| p.author.username.eq(from));
///         let moved = posts.update(tx, |p| p.author.set(into)).await?;
///         User::objects().filter(|u| u.username.eq(from)).delete(tx).await?;
///         Ok(moved)
///     })
///     .await
/// }
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let ann = User::objects().filter(|u| u.username.eq("ann")).get(&db).await?;
/// assert_eq!(merge(&db, "bob", &ann).await?, 1);
/// # Ok(()) }) }
/// ```
///
/// # Errors
/// What `work` returns, or what goes wrong with the block.
#[track_caller]
pub fn atomic<X, T, E, F>(db: &X, work: F) -> impl Future<Output = Result<T, E>>
where
    X: Executor,
    E: From<Error>,
    F: AsyncFnOnce(&X::Block) -> Result<T, E>,
{
    atomically(db, Operation::called("", "atomic"), work)
}

/// [`atomic`] for an operation that has a name.
pub(crate) async fn atomically<X, T, E, F>(db: &X, operation: Operation, work: F) -> Result<T, E>
where
    X: Executor,
    E: From<Error>,
    F: AsyncFnOnce(&X::Block) -> Result<T, E>,
{
    // Opening is boxed, as ending is: they would be part of the future of every block within.
    let block = Box::pin(db.open_block(operation)).await?;
    run(block, work).await
}

/// Runs a block's code in it.
pub(super) async fn run<K, T, E, F>(block: K, work: F) -> Result<T, E>
where
    K: Block,
    E: From<Error>,
    F: AsyncFnOnce(&K) -> Result<T, E>,
{
    let ended = inside(block.number(), block.span(), pin!(work(&block))).await;
    end(block, ended.is_ok()).await?;
    ended
}

/// Ends a block as its code has ended.
pub(super) async fn end<K: Block>(block: K, well: bool) -> Result<()> {
    if well {
        return block.commit_block().await;
    }
    // The code's error is the one to report; what cannot be rolled back now is closed, which does it too.
    let _ = block.roll_back_block().await;
    Ok(())
}
