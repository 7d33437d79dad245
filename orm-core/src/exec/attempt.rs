//! Operations that are tried again when they met others: a deadlock, say, of which a database ends one side.

use std::future::Future;

use super::transaction::Backoff;
use crate::backend::Executor;
use crate::error::Result;

/// How often an operation is tried.
const TRIES: u32 = 10;

/// An operation that may be tried several times.
pub(super) trait Attempt: Sync {
    /// What comes of it.
    type Out;

    /// Tries once.
    fn attempt<E: Executor>(&self, db: &E) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// Runs an operation, and runs it again where it stands alone: nothing of what it did is left then. Within a transaction
/// the error is the transaction's, which is to be tried again as a whole.
pub(super) async fn attempted<E: Executor, A: Attempt>(db: &E, operation: A) -> Result<A::Out> {
    let mut backoff = Backoff::default();
    for _ in 1..TRIES {
        match operation.attempt(db).await {
            Err(error) if error.is_retryable() && !db.in_transaction() => {
                tokio::time::sleep(backoff.next()).await;
            }
            result => return result,
        }
    }
    operation.attempt(db).await
}
