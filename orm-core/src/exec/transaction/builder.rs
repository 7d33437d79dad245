//! Transactions with options.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::retry::Backoff;
use super::{Transaction, run};
use crate::backend::{Backend, IsolationLevel, TransactionOptions};
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::exec::Database;

/// A transaction with options, from [`Database::transaction`] or [`Transaction::transaction`].
#[must_use = "a transaction does nothing until it is run with `.run(async |tx| …).await?`"]
pub struct TransactionBuilder<'d, B: Backend, R = Once> {
    place: Place<'d, B>,
    options: TransactionOptions,
    durable: bool,
    attempts: R,
}

/// The code runs once.
#[derive(Clone, Copy, Debug)]
pub struct Once(());

/// The code may run again.
#[derive(Clone, Copy, Debug)]
pub struct Again {
    times: u32,
}

enum Place<'d, B: Backend> {
    Outermost(&'d Database<B>),
    Within(&'d Transaction<B>),
}

impl<B: Backend> Database<B> {
    /// Runs `work` in a transaction: when it returns `Ok` all is committed, when it returns an error all is rolled back,
    /// and so it is when the future is dropped at any point, or panics. The error may be any that an [`orm::Error`]
    /// becomes: the code may use `?` on both.
    ///
    /// Inside, statements take `tx`; one on `db` would run outside of the transaction, on another connection.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let moved = db
    ///     .atomic(async |tx| {
    ///         let bob = User::objects().filter(|u| u.username.eq("bob")).get(tx).await?;
    ///         Post::objects().update(tx, |p| p.author.set(&bob)).await
    ///     })
    ///     .await?;
    /// assert_eq!(moved, 3);
    /// # Ok::<_, orm::Error>(()) }) }
    /// ```
    ///
    /// [`orm::Error`]: Error
    ///
    /// # Errors
    /// What `work` returns; or, if that is `Ok`, what kept it from being committed: see [`Transaction::commit`].
    #[track_caller]
    pub fn atomic<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>>
    where
        E: From<Error>,
        F: AsyncFnOnce(&Transaction<B>) -> Result<T, E>,
    {
        let operation = Operation::called("", "atomic");
        async move {
            let options = TransactionOptions::default();
            let tx = Box::pin(Transaction::open(self, &options, operation)).await?;
            run::run(tx, work).await
        }
    }

    /// Opens a transaction that is ended by hand, with [`Transaction::commit`]. Dropped, it is rolled back.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tx = db.begin().await?;
    /// User::objects().create(&tx, |u| u.username("eve")).await?;
    /// tx.commit().await?;
    /// assert_eq!(User::objects().count(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// No connection can be had, or the database fails.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction<B>>> + Send {
        let operation = Operation::called("", "begin");
        async move { Transaction::open(self, &TransactionOptions::default(), operation).await }
    }

    /// A transaction with options.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// use orm::IsolationLevel::Serializable;
    ///
    /// let views = db.transaction().isolation(Serializable).retry(5).run(async |tx| {
    ///     let post = Post::objects().pk(1).get(tx).await?;
    ///     Post::objects().pk(1).update(tx, |p| p.views.set(post.views + 1)).await?;
    ///     Ok::<_, orm::Error>(post.views + 1)
    /// })
    /// .await?;
    /// assert_eq!(views, 121);
    /// # Ok(()) }) }
    /// ```
    pub fn transaction(&self) -> TransactionBuilder<'_, B> {
        TransactionBuilder::new(Place::Outermost(self))
    }
}

impl<B: Backend> Transaction<B> {
    /// A block within this one, with options. Of these a block within another can only have
    /// [`durable`](TransactionBuilder::durable), which is an error there: what is to be durable finds out.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.atomic(async |tx| {
    ///     let inner = tx.transaction().durable().run(async |sp| Post::objects().delete(sp).await);
    ///     assert!(matches!(inner.await, Err(orm::Error::InvalidTransaction(_))));
    ///     Ok::<_, orm::Error>(())
    /// })
    /// .await
    /// # }) }
    /// ```
    pub fn transaction(&self) -> TransactionBuilder<'_, B> {
        TransactionBuilder::new(Place::Within(self))
    }
}

impl<'d, B: Backend> TransactionBuilder<'d, B> {
    fn new(place: Place<'d, B>) -> Self {
        let options = TransactionOptions::default();
        TransactionBuilder { place, options, durable: false, attempts: Once(()) }
    }

    /// Runs the code again, up to `times` times, when the transaction failed because of others: a serialization
    /// failure, a deadlock, a lock or a database that stayed busy. All of the code runs again, in a new transaction,
    /// after a short wait of random length that grows; what was given to `on_commit` before is forgotten. Once COMMIT was
    /// sent it is tried again only if the database said that it did not commit.
    ///
    /// What decides is what the database said last, so the code's own error type need not tell.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let deleted = db.transaction().retry(3).run(async |tx| Post::objects().delete(tx).await).await?;
    /// assert_eq!(deleted, 3);
    /// # Ok::<_, orm::Error>(()) }) }
    /// ```
    pub fn retry(self, times: u32) -> TransactionBuilder<'d, B, Again> {
        let TransactionBuilder { place, options, durable, attempts: Once(()) } = self;
        TransactionBuilder { place, options, durable, attempts: Again { times } }
    }

    /// Runs `work` in the transaction; see [`Database::atomic`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let count = db.transaction().read_only().run(async |tx| Post::objects().count(tx).await).await?;
    /// assert_eq!(count, 3);
    /// # Ok::<_, orm::Error>(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`Database::atomic`]. [`Error::Unsupported`] for an option that the database does not have.
    #[track_caller]
    pub fn run<T, E, F>(self, work: F) -> impl Future<Output = Result<T, E>>
    where
        E: From<Error>,
        F: AsyncFnOnce(&Transaction<B>) -> Result<T, E>,
    {
        let operation = Operation::called("", "atomic");
        async move {
            let tx = Box::pin(self.open(operation, false)).await?;
            run::run(tx, work).await
        }
    }

    /// Opens the transaction, to be ended by hand; see [`Database::begin`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tx = db.transaction().read_only().begin().await?;
    /// assert!(Post::objects().delete(&tx).await.is_err());
    /// tx.rollback().await
    /// # }) }
    /// ```
    ///
    /// # Errors
    /// As [`Database::begin`]. [`Error::Unsupported`] for an option that the database does not have.
    #[track_caller]
    pub fn begin(self) -> impl Future<Output = Result<Transaction<B>>> + Send {
        let operation = Operation::called("", "begin");
        async move { self.open(operation, true).await }
    }
}

impl<B: Backend> TransactionBuilder<'_, B, Again> {
    /// Runs `work` in the transaction, and again where [`retry`](TransactionBuilder::retry) says so. The closure is
    /// cloned for each attempt: one that borrows what it needs always can be.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let title = String::from("Closed");
    /// db.transaction()
    ///     .retry(5)
    ///     .run(async |tx| Post::objects().update(tx, |p| p.title.set(title.as_str())).await)
    ///     .await?;
    /// # Ok::<_, orm::Error>(()) }) }
    /// ```
    ///
    /// # Errors
    /// Those of the last attempt; see [`Database::atomic`].
    #[track_caller]
    pub fn run<T, E, F>(self, work: F) -> impl Future<Output = Result<T, E>>
    where
        E: From<Error>,
        F: AsyncFnOnce(&Transaction<B>) -> Result<T, E> + Clone,
    {
        let operation = Operation::called("", "atomic");
        async move {
            if let Place::Within(_) = self.place {
                let what = "`retry` is for the outermost transaction: a failure of this kind ends all of it";
                return Err(Error::InvalidTransaction(what.into()).into());
            }
            let mut backoff = Backoff::default();
            let mut left = self.attempts.times;
            loop {
                let (error, retryable) = match Box::pin(self.open(operation, false)).await {
                    Err(error) => {
                        let retryable = error.is_retryable();
                        (error.into(), retryable)
                    }
                    Ok(tx) => {
                        let whole = Arc::clone(&tx.level.whole);
                        match run::run(tx, work.clone()).await {
                            Ok(value) => return Ok(value),
                            Err(error) => (error, whole.is_retryable()),
                        }
                    }
                };
                if left == 0 || !retryable {
                    return Err(error);
                }
                left -= 1;
                tokio::time::sleep(backoff.next()).await;
            }
        }
    }
}

impl<B: Backend, R> TransactionBuilder<'_, B, R> {
    /// How much it sees of transactions at the same time; the database's default otherwise. SQLite's transactions are
    /// always serializable.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// use orm::IsolationLevel::RepeatableRead;
    ///
    /// let report = db.transaction().isolation(RepeatableRead).read_only();
    /// let (users, posts) = report
    ///     .run(async |tx| Ok::<_, orm::Error>((User::objects().count(tx).await?, Post::objects().count(tx).await?)))
    ///     .await?;
    /// assert_eq!((users, posts), (2, 3));
    /// # Ok(()) }) }
    /// ```
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.options.isolation = Some(level);
        self
    }

    /// Refuses to write. On SQLite such a transaction does not wait for one that writes, nor keep one waiting.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let refused = db.transaction().read_only().run(async |tx| Post::objects().delete(tx).await).await;
    /// let kind = refused.err().and_then(|error: orm::Error| error.kind());
    /// assert_eq!(kind, Some(orm::DatabaseErrorKind::ReadOnly));
    /// # Ok(()) }) }
    /// ```
    pub fn read_only(mut self) -> Self {
        self.options.read_only = true;
        self
    }

    /// Waits, before the first statement, until the transaction cannot fail to be serialized: for long reports, serializable
    /// and read only. PostgreSQL has it; elsewhere it is [`Error::Unsupported`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// use orm::IsolationLevel::Serializable;
    ///
    /// let report = db.transaction().isolation(Serializable).read_only().deferrable();
    /// let counted = report.run(async |tx| Post::objects().count(tx).await).await;
    /// assert!(matches!(counted, Err(orm::Error::Unsupported { .. })));
    /// # Ok(()) }) }
    /// ```
    pub fn deferrable(mut self) -> Self {
        self.options.deferrable = true;
        self
    }

    /// The longest wait for a lock. MySQL and MariaDB count whole seconds.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let soon = std::time::Duration::from_secs(1);
    /// let deleted = db.transaction().lock_timeout(soon).run(async |tx| Post::objects().delete(tx).await).await?;
    /// assert_eq!(deleted, 3);
    /// # Ok::<_, orm::Error>(()) }) }
    /// ```
    pub fn lock_timeout(mut self, limit: Duration) -> Self {
        self.options.lock_timeout = Some(limit);
        self
    }

    /// Insists on being outermost: what it does is committed at its end, and not only if blocks around it agree. Within
    /// another it is [`Error::InvalidTransaction`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.transaction().durable().run(async |tx| Post::objects().delete(tx).await).await?;
    /// # Ok::<_, orm::Error>(()) }) }
    /// ```
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    async fn open(&self, operation: Operation, by_hand: bool) -> Result<Transaction<B>> {
        match self.place {
            Place::Outermost(db) => Transaction::open(db, &self.options, operation).await,
            Place::Within(tx) => {
                self.refuse_within()?;
                tx.open_inner(operation, by_hand).await
            }
        }
    }

    fn refuse_within(&self) -> Result<()> {
        let TransactionOptions { isolation, read_only, deferrable, lock_timeout } = &self.options;
        let what = if self.durable {
            "a durable transaction cannot be within another"
        } else if isolation.is_some() || *read_only || *deferrable || lock_timeout.is_some() {
            "options are for the outermost transaction; one within it has its options"
        } else {
            return Ok(());
        };
        Err(Error::InvalidTransaction(what.into()))
    }
}
