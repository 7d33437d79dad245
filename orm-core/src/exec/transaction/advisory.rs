//! Advisory locks: on a name rather than on rows, for as long as a transaction lasts.

use std::future::Future;
use std::pin::pin;

use super::Transaction;
use crate::backend::{Backend, Connection, LockKey};
use crate::compile::Operation;
use crate::error::{Error, Result};

impl<B: Backend> Transaction<B> {
    /// Waits until nobody else has the lock of this name (or number), and has it until the transaction ends: one at a
    /// time imports, migrates or counts, wherever they run. The lock is nothing but a name: it keeps away only those
    /// who ask for it.
    ///
    /// However the transaction ends, or its future, the lock ends with it; so it does when a block in which it was taken
    /// is undone. It may be taken several times. Waiting ends as it does for a lock on a row, with
    /// [`DatabaseErrorKind::LockTimeout`] after [`lock_timeout`], or with the statement's time limit.
    ///
    /// PostgreSQL, MySQL and MariaDB have such locks, for each database its own. On SQLite it is
    /// [`Error::Unsupported`], and there is no need: one transaction that may write excludes all others already.
    ///
    /// From `RepeatableRead` on a transaction of PostgreSQL sees what was committed before its first statement, and
    /// that is this one: before it has the lock.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let counted = db
    ///     .atomic(async |tx| {
    ///         if tx.dialect() != Dialect::Sqlite {
    ///             tx.advisory_lock("statistics").await?;
    ///         }
    ///         // One at a time is here.
    ///         Post::objects().count(tx).await
    ///     })
    ///     .await?;
    /// assert_eq!(counted, 3);
    /// # Ok(()) }) }
    /// ```
    ///
    /// [`lock_timeout`]: super::TransactionBuilder::lock_timeout
    /// [`DatabaseErrorKind::LockTimeout`]: crate::error::DatabaseErrorKind::LockTimeout
    ///
    /// # Errors
    /// The lock was not had in time, or waiting for it would have been a deadlock; both break the block. Or
    /// [`Error::Unsupported`].
    #[track_caller]
    pub fn advisory_lock<K: Into<LockKey>>(
        &self,
        key: K,
    ) -> impl Future<Output = Result<()>> + Send + use<'_, B, K> {
        let operation = Operation::called("", "advisory_lock");
        let key = key.into();
        async move { self.take_advisory_lock(key, true, operation).await.map(drop) }
    }

    /// Like [`advisory_lock`](Transaction::advisory_lock), but does not wait: false when somebody else has the lock.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let locked = db.atomic(async |tx| tx.try_advisory_lock("import").await).await;
    /// // On another database: `Ok(true)`.
    /// assert!(matches!(locked, Err(orm::Error::Unsupported { .. })));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails, or [`Error::Unsupported`].
    #[track_caller]
    pub fn try_advisory_lock<K: Into<LockKey>>(
        &self,
        key: K,
    ) -> impl Future<Output = Result<bool>> + Send + use<'_, B, K> {
        let operation = Operation::called("", "try_advisory_lock");
        let key = key.into();
        async move { self.take_advisory_lock(key, false, operation).await }
    }

    async fn take_advisory_lock(&self, key: LockKey, wait: bool, operation: Operation) -> Result<bool> {
        let dialect = self.dialect();
        if !dialect.capability().advisory_locks {
            let what = "advisory locks; there a transaction that may write excludes all others";
            return Err(Error::unsupported(what, dialect.name()));
        }
        let mut turn = self.level.enter().await?;
        let statement = self.level.log.statement(self.level.whole.on(), operation, "ADVISORY LOCK");
        let done = statement.around(pin!(turn.connection.advisory_lock(&key, wait))).await;
        let taken = statement.ends(done);
        if let Ok(true) = taken {
            self.level.add_locks([key]);
        }
        turn.leave(taken)
    }
}
