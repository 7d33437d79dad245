//! `Database`: a handle to a backend that can be cloned and shared.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::hooks::Hooks;
use super::log::{On, Statement, Watch, gauges};
use super::testing::{OnStage, TestState};
use super::transaction::Level;
use super::{DatabaseCursor, Transaction};
use crate::backend::{
    Attached, Backend, BoxSink, Connection, Executed, Executor, Observed, PoolStatus, Queries,
    TransactionOptions,
};
use crate::compile::{Access, CompiledSql, Dialect, Operation};
use crate::error::Result;

/// A database with its pool of connections. Cloning gives another handle to the same pool.
///
/// Each statement runs on a connection of its own, which goes back to the pool when the statement is done.
pub struct Database<B: Backend> {
    shared: Arc<dyn Inside<B>>,
    pub(super) hooks: Option<Arc<Hooks<B>>>,
    /// What a test has made of it.
    stage: Option<Arc<dyn OnStage<B>>>,
}

/// What a handle hides: where a user's crate has one, its compiler describes to the debugger whatever it can see in it, pool,
/// driver and timers, again in each part of the crate.
trait Inside<B: Backend>: Send + Sync {
    fn shared(&self) -> &Shared<B>;
}

struct Shared<B: Backend> {
    backend: B,
    watch: Arc<Watch>,
}

impl<B: Backend> Inside<B> for Shared<B> {
    fn shared(&self) -> &Shared<B> {
        self
    }
}

impl<B: Backend> Database<B> {
    /// A handle to `backend`. Users call `orm::sqlite::connect`, `orm::postgres::connect` or `orm::mysql::connect`.
    pub fn new(backend: B) -> Self {
        Database { shared: Arc::new(Shared { backend, watch: Arc::default() }), stage: None, hooks: None }
    }

    /// The same database, as one of a test.
    pub(super) fn staged(&self, stage: Arc<dyn OnStage<B>>) -> Self {
        Database { shared: Arc::clone(&self.shared), stage: Some(stage), hooks: self.hooks.clone() }
    }

    /// What a test has set for it.
    pub(super) fn test(&self) -> Option<&Arc<TestState>> {
        self.stage.as_ref().map(|stage| &stage.stage().test)
    }

    /// The transaction that stands in for it in a test that is rolled back.
    pub(super) fn around(&self) -> Option<&Arc<Level<B>>> {
        self.stage.as_ref().and_then(|stage| stage.stage().around.as_ref())
    }

    /// Which SQL the database speaks.
    pub fn dialect(&self) -> Dialect {
        self.backend().dialect()
    }

    /// The pool's gauges.
    pub fn pool_status(&self) -> PoolStatus {
        self.backend().status()
    }

    /// The backend itself, for what only its crate offers.
    pub fn backend(&self) -> &B {
        &self.shared.shared().backend
    }

    /// The transactions that are open.
    pub(super) fn watch(&self) -> &Arc<Watch> {
        &self.shared.shared().watch
    }

    /// Tells the pool's gauges to `tracing` now, as events with the target `orm::metrics`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.report_pool();
    /// # Ok(()) }) }
    /// ```
    pub fn report_pool(&self) {
        gauges(self.dialect(), self.backend().observed(), self.pool_status());
    }

    /// Tells the pool's gauges to `tracing` again and again, until the pool is closed or its last handle is dropped: to be
    /// spawned.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// tokio::spawn(db.report_pool_every(std::time::Duration::from_secs(10)));
    /// # Ok(()) }) }
    /// ```
    pub fn report_pool_every(&self, interval: Duration) -> impl Future<Output = ()> + Send + use<B> {
        let shared = Arc::downgrade(&self.shared);
        async move {
            while let Some(shared) = shared.upgrade() {
                let db = Database { shared, stage: None, hooks: None };
                if db.pool_status().max == 0 {
                    return;
                }
                db.report_pool();
                drop(db);
                tokio::time::sleep(interval).await;
            }
        }
    }

    /// Closes the pool for all handles.
    pub async fn close(&self) {
        self.backend().close().await;
    }
}

impl<B: Backend> Clone for Database<B> {
    fn clone(&self) -> Self {
        Database { shared: Arc::clone(&self.shared), stage: self.stage.clone(), hooks: self.hooks.clone() }
    }
}

impl<B: Backend> fmt::Debug for Database<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("dialect", &self.dialect())
            .field("pool", &self.pool_status())
            .finish_non_exhaustive()
    }
}

impl<B: Backend> Executor for Database<B> {
    type Backend = B;
    type Cursor = DatabaseCursor<B>;
    type Block = Transaction<B>;

    fn dialect(&self) -> Dialect {
        self.backend().dialect()
    }

    fn observed(&self) -> &Observed {
        self.backend().observed()
    }

    fn in_transaction(&self) -> bool {
        false
    }

    fn now(&self) -> DateTime<Utc> {
        self.test().map_or_else(Utc::now, |test| test.now())
    }

    #[expect(clippy::manual_async_fn, reason = "a function would hold its arguments twice")]
    fn execute(&self, sql: CompiledSql) -> impl Future<Output = Result<Executed>> + Send {
        async move {
            if let Some(around) = self.around() {
                return Box::pin(execute_within(around, sql)).await;
            }
            // Pinned where they are made, futures are not moved: they are large.
            let mut connection = pin!(self.backend().acquire(sql.access, sql.operation)).await?;
            pin!(connection.execute(sql)).await
        }
    }

    #[expect(clippy::manual_async_fn, reason = "a function would hold its arguments twice")]
    fn query(&self, sql: CompiledSql, sink: BoxSink<B>) -> impl Future<Output = Result<BoxSink<B>>> + Send {
        async move {
            if let Some(around) = self.around() {
                return Box::pin(query_within(around, sql, sink)).await;
            }
            let mut connection = pin!(self.backend().acquire(sql.access, sql.operation)).await?;
            pin!(connection.query(sql, sink)).await
        }
    }

    async fn query_all(&self, queries: Queries<B>) -> Result<Vec<BoxSink<B>>> {
        let Some((first, _)) = queries.first() else { return Ok(Vec::new()) };
        if let Some(around) = self.around() {
            let mut turn = around.enter_for_statement().await?;
            let done = turn.connection.query_all(queries).await;
            return turn.leave_statement(done).await;
        }
        let mut connection = self.backend().acquire(first.access, first.operation).await?;
        connection.query_all(queries).await
    }

    async fn cursor(&self, sql: CompiledSql) -> Result<DatabaseCursor<B>> {
        if let Some(around) = self.around() {
            let mut turn = around.enter_for_statement().await?;
            let opened = turn.connection.open_portal(sql).await;
            let portal = turn.leave_statement(opened).await?;
            return Ok(DatabaseCursor::in_test(Arc::clone(around), portal));
        }
        let connection = self.backend().acquire(sql.access, sql.operation).await?;
        Ok(DatabaseCursor::own(connection.cursor(sql).await?))
    }

    fn attached(&self) -> Attached<'_> {
        Attached::new(self.hooks.as_deref().map(|hooks| hooks as _), None)
    }

    async fn open_block(&self, operation: Operation) -> Result<Transaction<B>> {
        Transaction::open(self, &TransactionOptions::default(), operation).await
    }

    async fn batch(&self, sql: &str) -> Result<()> {
        let operation = Operation::new("", "batch");
        let statement = Statement::defines(On::of(self), operation, sql);
        let run = async {
            if let Some(around) = self.around() {
                let mut turn = around.enter_for_statement().await?;
                let done = turn.connection.batch(sql).await;
                return turn.leave_statement(done).await;
            }
            let mut connection = self.backend().acquire(Access::Write, operation).await?;
            connection.batch(sql).await
        };
        let done = statement.around(pin!(run)).await;
        statement.ends(done)
    }
}

/// As a savepoint of the transaction that stands in for the database in a test.
async fn execute_within<B: Backend>(around: &Arc<Level<B>>, sql: CompiledSql) -> Result<Executed> {
    let mut turn = around.enter_for_statement().await?;
    let done = turn.connection.execute(sql).await;
    turn.leave_statement(done).await
}

/// As [`execute_within`].
async fn query_within<B: Backend>(
    around: &Arc<Level<B>>,
    sql: CompiledSql,
    sink: BoxSink<B>,
) -> Result<BoxSink<B>> {
    let mut turn = around.enter_for_statement().await?;
    let done = turn.connection.query(sql, sink).await;
    turn.leave_statement(done).await
}
