//! Transactions: statements that take effect together or not at all.

mod advisory;
mod around;
mod builder;
mod cursor;
mod hook;
mod inside;
mod level;
mod retry;
mod run;
mod together;

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::OwnedSemaphorePermit;

use crate::backend::{
    Attached, Backend, Block, BoxSink, Connection, Executed, Executor, Observed, Queries, TransactionOptions,
};
use crate::compile::{Access, CompiledSql, Dialect, Operation, release, savepoint};
use crate::error::{Error, Result};
use crate::exec::Database;
use crate::exec::hooks::Hooks;
use crate::exec::log::{BlockOutcome, On, OpenBlock};

pub use builder::TransactionBuilder;
pub use cursor::TransactionCursor;
pub use hook::HookOutcome;
pub(super) use retry::Backoff;
pub use run::atomic;
pub(crate) use run::atomically;
pub(in crate::exec) use together::{Work, together};

pub(super) use hook::{Hook, run as run_hooks};
use inside::new_number;
pub(super) use level::Level;
use level::{Inner, Role, Turn, Whole};

/// An open transaction, or a savepoint within one: the same type, with the same methods, at every depth.
///
/// [`Database::atomic`] gives one to its closure; [`Database::begin`] gives one to be ended by hand. It runs whatever a
/// [`Database`] runs. Statements of one transaction that are started at the same time queue.
///
/// Dropped before its end (with the future of `atomic`, say) it is rolled back.
///
/// **A failed statement breaks its block.** After a database error nothing more runs in the block, on any database, and
/// its end is a rollback: later statements get [`Error::TransactionBroken`] with the first error in it. What may fail
/// without taking everything along belongs in a block of its own: [`Transaction::atomic`].
#[must_use = "a transaction that is dropped is rolled back: keep it, and end it with `.commit().await?`"]
pub struct Transaction<B: Backend> {
    level: Arc<Level<B>>,
    /// The level around this one; none for the transaction itself, and none once it has ended.
    around: Option<Around<B>>,
    ended: bool,
    /// What is called around writes.
    hooks: Option<Arc<Hooks<B>>>,
}

/// The level around an open one, whose connection and turn it has.
struct Around<B: Backend> {
    level: Arc<Level<B>>,
    _permit: OwnedSemaphorePermit,
}

impl<B: Backend> Drop for Around<B> {
    fn drop(&mut self) {
        // Before the permit goes, which the compiler drops next.
        self.level.set_inner(Inner::None);
    }
}

impl<B: Backend> Transaction<B> {
    /// Opens a transaction of a database.
    pub(super) async fn open(
        db: &Database<B>,
        options: &TransactionOptions,
        operation: Operation,
    ) -> Result<Self> {
        if let Some(around) = db.around() {
            let mut tx = Transaction::open_in_test(around, db.watch(), options, operation).await?;
            tx.hooks.clone_from(&db.hooks);
            return Ok(tx);
        }
        let access = if options.read_only { Access::Read } else { Access::Write };
        let (on, number) = (On::of(db), new_number());
        let mut log = OpenBlock::begins(on, operation, 0, number);
        let mut connection = log.around(pin!(db.backend().acquire(access, operation))).await?;
        let statement = log.statement(on, operation, "BEGIN");
        let begun = statement.around(pin!(connection.begin(options))).await;
        statement.ends(begun)?;
        log.is_open(db.watch());
        let whole = Whole::new(on, db.test().cloned());
        let level =
            Level::new(operation, 0, (Role::Transaction, options.read_only), number, whole, connection, log);
        Ok(Transaction { level, around: None, ended: false, hooks: db.hooks.clone() })
    }

    /// Opens a savepoint; `by_hand` says that no closure's end is its end.
    async fn open_inner(&self, operation: Operation, by_hand: bool) -> Result<Self> {
        let mut turn = self.level.enter().await?;
        let (depth, number) = (self.level.depth.saturating_add(1), new_number());
        let log = OpenBlock::begins(self.level.whole.on(), operation, depth, number);
        if let Err(error) = turn.command(&log, &savepoint(depth)).await {
            return turn.leave(Err(error));
        }
        let (connection, permit) = turn.into_parts();
        let whole = Arc::clone(&self.level.whole);
        let kind = (Role::Savepoint, self.level.read_only);
        let level = Level::new(operation, depth, kind, number, whole, connection, log);
        self.level.set_inner(if by_hand { Inner::Object } else { Inner::Block(level.number) });
        let around = Around { level: Arc::clone(&self.level), _permit: permit };
        Ok(Transaction { level, around: Some(around), ended: false, hooks: self.hooks.clone() })
    }

    /// Runs `work` in a block of its own within this one: a savepoint. When it returns an error, only what it did is
    /// undone.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.atomic(async |tx| {
    ///     User::objects().create(tx, |u| u.username("eve")).await?;
    ///     let twice = tx.atomic(async |sp| User::objects().create(sp, |u| u.username("eve")).await).await;
    ///     assert!(twice.is_err_and(|error: orm::Error| error.is_unique_violation()));
    ///     // The block around it goes on.
    ///     assert!(User::objects().filter(|u| u.username.eq("eve")).exists(tx).await?);
    ///     Ok::<_, orm::Error>(())
    /// })
    /// .await
    /// # }) }
    /// ```
    ///
    /// # Errors
    /// What `work` returns, or what goes wrong with the savepoint.
    #[track_caller]
    pub fn atomic<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>>
    where
        E: From<Error>,
        F: AsyncFnOnce(&Transaction<B>) -> Result<T, E>,
    {
        let operation = Operation::called("", "atomic");
        async move {
            let inner = Box::pin(self.open_inner(operation, false)).await?;
            run::run(inner, work).await
        }
    }

    /// Opens a block within this one that is ended by hand. Until then this one is not to be used: its statements are
    /// refused.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tx = db.begin().await?;
    /// let sp = tx.begin().await?;
    /// Post::objects().delete(&sp).await?;
    /// sp.rollback().await?;
    /// assert_eq!(Post::objects().count(&tx).await?, 3);
    /// tx.commit().await
    /// # }) }
    /// ```
    ///
    /// # Errors
    /// This block is broken, or the database fails.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction<B>>> + Send {
        let operation = Operation::called("", "begin");
        self.open_inner(operation, true)
    }

    /// Ends the transaction: everything it did takes effect. Of a block within another, all is left to the end of
    /// that. Then runs what [`on_commit`](Transaction::on_commit) was given.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tx = db.begin().await?;
    /// Post::objects().delete(&tx).await?;
    /// tx.commit().await?;
    /// assert_eq!(Post::objects().count(&db).await?, 0);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// Nothing was committed: [`Error::TransactionBroken`] when a statement had failed, or the database's refusal (a
    /// deferred constraint, a serialization failure). [`Error::CommitOutcomeUnknown`] when no answer came, and
    /// [`Error::OnCommit`] when all is committed and what runs after it failed.
    pub async fn commit(mut self) -> Result<()> {
        let hooks = self.end(true).await?;
        let test = self.level.whole.test.clone();
        // The connection has gone back already.
        drop(self);
        match test {
            Some(test) => test.run(hooks).await,
            None => hook::run(hooks).await,
        }
    }

    /// Ends the transaction: everything it did is undone. So is all when it is merely dropped; this waits for it, and
    /// keeps the connection.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tx = db.begin().await?;
    /// Post::objects().delete(&tx).await?;
    /// tx.rollback().await?;
    /// assert_eq!(Post::objects().count(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A block within this one, which `begin` opened, is still open; all is rolled back nevertheless.
    pub async fn rollback(mut self) -> Result<()> {
        self.end(false).await.map(drop)
    }

    /// Runs `work` once the outermost transaction is committed, after its connection has gone back to the pool, in the
    /// order in which work was given. It is forgotten when this block, or one around it, is rolled back.
    ///
    /// It runs as part of what committed: the future of `atomic` ends after it. When it fails, what was given after it
    /// does not run, and [`Error::OnCommit`] says so; the transaction stays committed all the same, and is not tried
    /// again by [`retry`](TransactionBuilder::retry). For what may fail silently there is
    /// [`on_commit_robust`](Transaction::on_commit_robust).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let (told, mut heard) = tokio::sync::oneshot::channel();
    /// db.atomic(async |tx| {
    ///     let eve = User::objects().create(tx, |u| u.username("eve")).await?;
    ///     tx.on_commit(async move { told.send(eve.id).ok(); });
    ///     assert!(heard.try_recv().is_err());
    ///     Ok::<_, orm::Error>(())
    /// })
    /// .await?;
    /// assert_eq!(heard.try_recv(), Ok(3));
    /// # Ok(()) }) }
    /// ```
    pub fn on_commit<F>(&self, work: F)
    where
        F: Future<Output: HookOutcome> + Send + 'static,
    {
        self.level.add_hooks([Hook::new(work, false)]);
    }

    /// Like [`on_commit`](Transaction::on_commit), but a failure (a panic, too) is only told to `tracing`, and what was
    /// given after it runs nevertheless.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.atomic(async |tx| {
    ///     tx.on_commit_robust(async { Err::<(), _>("the mail server does not answer") });
    ///     Post::objects().delete(tx).await
    /// })
    /// .await?;
    /// # Ok::<_, orm::Error>(()) }) }
    /// ```
    pub fn on_commit_robust<F>(&self, work: F)
    where
        F: Future<Output: HookOutcome> + Send + 'static,
    {
        self.level.add_hooks([Hook::new(work, true)]);
    }

    /// Which SQL the database speaks.
    pub fn dialect(&self) -> Dialect {
        self.level.whole.dialect
    }

    /// The hooks of its database.
    pub(super) fn hooks(&self) -> Option<&Hooks<B>> {
        self.hooks.as_deref()
    }

    /// Nothing more runs in this block, because an operation failed that its hooks belong to.
    pub(super) fn break_off(&self, why: &Error) {
        self.level.break_off(why);
    }

    /// Ends the level. Gives what is to run now that all is committed.
    async fn end(&mut self, keep: bool) -> Result<Vec<Hook>> {
        let level = Arc::clone(&self.level);
        let around = self.around.take();
        self.ended = true;
        let failure = if keep { level.failure() } else { None };
        let Some(mut turn) = level.enter_to_end()? else {
            // A statement was dropped, and the connection with it: all is rolled back.
            let error = failure.unwrap_or_else(|| level.given_up());
            level.log.ends(BlockOutcome::Dropped);
            return if keep { Err(error) } else { Ok(Vec::new()) };
        };
        turn.close_unread();
        let failure = match failure {
            None if keep => turn.tidy().await.err(),
            failure => failure,
        };
        let keep = keep && failure.is_none();
        match around {
            Some(around) => {
                let kept = end_inner(turn, &level, &around, keep).await;
                kept.and_then(|hooks| failure.map_or(Ok(hooks), Err))
            }
            None if keep => commit(turn, &level).await,
            None => {
                roll_back(turn, &level).await;
                level.log.ends(if failure.is_some() {
                    BlockOutcome::Failed
                } else {
                    BlockOutcome::RolledBack
                });
                failure.map_or(Ok(Vec::new()), Err)
            }
        }
    }
}

/// Ends a savepoint and gives the connection back.
async fn end_inner<B: Backend>(
    mut turn: Turn<'_, B>,
    level: &Level<B>,
    around: &Around<B>,
    keep: bool,
) -> Result<Vec<Hook>> {
    let passes = (level.role == Role::Transaction).then_some(if keep { "COMMIT" } else { "ROLLBACK" });
    let kept = if keep { turn.command_as(&level.log, &release(level.depth), passes).await } else { Ok(()) };
    let undone = !keep || kept.is_err();
    if undone && !level.whole.is_lost() {
        // Undoing is no news about whether another try is worth it.
        if let Err(error) = turn.undo(&level.log, level.depth, passes, &level.take_locks()).await {
            level.whole.lose(error);
        }
    }
    level.log.ends(match (&kept, undone) {
        (Err(_), _) => BlockOutcome::Failed,
        (Ok(()), true) => BlockOutcome::RolledBack,
        (Ok(()), false) => BlockOutcome::Committed,
    });
    let hooks = level.take_hooks();
    around.level.give_back(turn.into_parts().0, None);
    if undone {
        return kept.map(|()| Vec::new());
    }
    around.level.add_locks(level.take_locks());
    if around.level.is_around() {
        // It passes for a commit.
        return Ok(hooks);
    }
    around.level.add_hooks(hooks);
    Ok(Vec::new())
}

/// Commits and gives the connection back to the pool.
async fn commit<B: Backend>(mut turn: Turn<'_, B>, level: &Level<B>) -> Result<Vec<Hook>> {
    let statement = level.log.statement(level.whole.on(), level.operation, "COMMIT");
    let committed = statement.around(pin!(turn.connection.commit())).await;
    let committed = statement.ends(committed);
    level.log.ends(match &committed {
        Ok(()) => BlockOutcome::Committed,
        Err(Error::CommitOutcomeUnknown(_)) => BlockOutcome::Unknown,
        Err(_) => BlockOutcome::Failed,
    });
    level.whole.note(&committed);
    if committed.is_err() && !turn.connection.is_transaction_lost() {
        // A connection that cannot roll back is discarded.
        let _ = turn.connection.rollback().await;
    }
    committed.map(|()| level.take_hooks())
}

/// Rolls back and gives the connection back to the pool.
async fn roll_back<B: Backend>(mut turn: Turn<'_, B>, level: &Level<B>) {
    let statement = level.log.statement(level.whole.on(), level.operation, "ROLLBACK");
    let undone = statement.around(pin!(turn.connection.rollback())).await;
    // A connection that cannot roll back is discarded, and the server rolls back then.
    let _ = statement.ends(undone);
}

impl<B: Backend> Drop for Transaction<B> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.level.log.ends(BlockOutcome::Dropped);
        match (self.level.take_connection(), self.around.take()) {
            // Dropped, the connection is rolled back or closed.
            (Some(connection), None) => drop(connection),
            (Some(connection), Some(around)) => {
                around.level.leave_unread(self.level.take_unread());
                around.level.leave_locks(self.level.take_locks());
                around.level.give_back(connection, Some(self.level.depth));
            }
            // It went with a statement, or a block within this one has it, which must not end well.
            (None, _) => drop(self.level.given_up()),
        }
    }
}

impl<B: Backend> fmt::Debug for Transaction<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("dialect", &self.level.whole.dialect)
            .field("depth", &self.level.depth)
            .finish_non_exhaustive()
    }
}

impl<B: Backend> Executor for Transaction<B> {
    type Backend = B;
    type Cursor = TransactionCursor<B>;
    type Block = Transaction<B>;

    fn dialect(&self) -> Dialect {
        self.level.whole.dialect
    }

    fn observed(&self) -> &Observed {
        &self.level.whole.observed
    }

    fn now(&self) -> DateTime<Utc> {
        self.level.whole.test.as_ref().map_or_else(Utc::now, |test| test.now())
    }

    async fn execute(&self, sql: CompiledSql) -> Result<Executed> {
        self.level.allows(sql.access)?;
        let mut turn = self.level.enter().await?;
        let done = turn.connection.execute(sql).await;
        turn.leave(done)
    }

    async fn query(&self, sql: CompiledSql, sink: BoxSink<B>) -> Result<BoxSink<B>> {
        self.level.allows(sql.access)?;
        let mut turn = self.level.enter().await?;
        let done = turn.connection.query(sql, sink).await;
        turn.leave(done)
    }

    async fn query_all(&self, queries: Queries<B>) -> Result<Vec<BoxSink<B>>> {
        let mut turn = self.level.enter().await?;
        let done = turn.connection.query_all(queries).await;
        turn.leave(done)
    }

    async fn cursor(&self, sql: CompiledSql) -> Result<TransactionCursor<B>> {
        self.level.allows(sql.access)?;
        let mut turn = self.level.enter().await?;
        let opened = turn.connection.open_portal(sql).await;
        let portal = turn.leave(opened)?;
        Ok(TransactionCursor::new(Arc::clone(&self.level), portal))
    }

    fn attached(&self) -> Attached<'_> {
        Attached::new(self.hooks.as_deref().map(|hooks| hooks as _), Some(self))
    }

    async fn open_block(&self, operation: Operation) -> Result<Transaction<B>> {
        self.open_inner(operation, false).await
    }

    async fn batch(&self, sql: &str) -> Result<()> {
        self.level.allows_batch()?;
        let mut turn = self.level.enter().await?;
        let done = turn.connection.batch(sql).await;
        turn.leave(done)
    }
}

impl<B: Backend> Block for Transaction<B> {
    fn is_read_only(&self) -> bool {
        self.level.read_only
    }

    fn number(&self) -> u64 {
        self.level.number
    }

    fn span(&self) -> Option<&tracing::Span> {
        self.level.log.span()
    }

    fn commit_block(self) -> impl Future<Output = Result<()>> + Send {
        Box::pin(self.commit())
    }

    fn roll_back_block(self) -> impl Future<Output = Result<()>> + Send {
        Box::pin(self.rollback())
    }
}
