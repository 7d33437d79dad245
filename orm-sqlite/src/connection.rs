//! A connection on loan to one caller.

use std::sync::Arc;

use orm_core::backend::{BoxSink, Connection, Executed, Fetched, LockKey, Portal, TransactionOptions};
use orm_core::compile::{Access, CompiledSql};
use orm_core::error::{Error, Result};
use orm_core::exec::Pooled;

use crate::cursor::SqliteCursor;
use crate::driver::{SqliteDriver, mismatch};
use crate::error::transaction_aborted;
use crate::session::Role;
use crate::worker::{Done, End, Link, Reply, Work};
use crate::{Pools, Sqlite, session_state};

/// A write in place takes so many of the 128 shares that tokio gives a task for one turn: its commit is as long as several
/// reads, and nothing in it looks at the clock.
const SHARES_OF_A_WRITE: usize = 4;

/// A connection taken from the pool.
pub struct SqliteConnection {
    pooled: Pooled<SqliteDriver>,
    pools: Arc<Pools>,
    transaction: Transaction,
    /// A call is under way; still true at the next call or at the end, it was abandoned.
    calling: bool,
    /// Open queries that rest on the connection between two chunks.
    portals: Vec<Portal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transaction {
    None,
    Open,
    /// It was rolled back by SQLite itself or because a call inside it was dropped. What follows must not run outside of it.
    Lost,
}

impl SqliteConnection {
    pub(crate) fn new(pooled: Pooled<SqliteDriver>, pools: Arc<Pools>) -> Self {
        SqliteConnection {
            pooled,
            pools,
            transaction: Transaction::None,
            calling: false,
            portals: Vec::new(),
        }
    }

    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.pooled.link
    }

    /// One hop to the worker and back.
    pub(crate) async fn call(&mut self, work: Work) -> Result<Done> {
        self.ready()?;
        self.calling = true;
        let reply = self.pooled.link.call(work).await;
        self.calling = false;
        let reply = reply?;
        self.note(reply.autocommit);
        reply.result
    }

    /// Takes the answer of a statement that ran in place, and lets others have their turn.
    async fn after_turn(&mut self, reply: Reply, access: Access) -> Result<Done> {
        let lengthy = self.pooled.link.was_lengthy();
        self.note(reply.autocommit);
        let done = reply.result?;
        // A task that only runs statements in place would never let another one run.
        if lengthy {
            tokio::task::yield_now().await;
        } else {
            let shares = if access == Access::Write { SHARES_OF_A_WRITE } else { 1 };
            for _ in 0..shares {
                tokio::task::coop::consume_budget().await;
            }
        }
        Ok(done)
    }

    /// True for commands of savepoints in the open transaction: there is nothing to wait for.
    fn is_of_savepoints(&self, sql: &str) -> bool {
        self.transaction == Transaction::Open && session_state::is_of_savepoints(sql)
    }

    /// What the last statement made of the transaction.
    fn note(&mut self, autocommit: bool) {
        self.transaction = match (self.transaction, autocommit) {
            (_, false) => Transaction::Open,
            (Transaction::None, true) => Transaction::None,
            (Transaction::Open | Transaction::Lost, true) => Transaction::Lost,
        };
    }

    /// Leaves no trace of an abandoned call, and lets nothing run that was meant for a transaction that is gone.
    fn ready(&mut self) -> Result<()> {
        if std::mem::take(&mut self.calling) {
            self.pooled.link.post(Work::Rollback);
            if self.transaction == Transaction::Open {
                self.transaction = Transaction::Lost;
            }
        }
        match self.transaction {
            Transaction::Lost => Err(transaction_aborted()),
            Transaction::None | Transaction::Open => Ok(()),
        }
    }
}

impl Connection<Sqlite> for SqliteConnection {
    async fn execute(&mut self, sql: CompiledSql) -> Result<Executed> {
        self.ready()?;
        if sql.params.is_empty() && self.is_of_savepoints(&sql.sql) {
            return self.batch(&sql.sql).await.map(|()| Executed::default());
        }
        self.pooled.link.note_text(&sql.sql);
        if let Some(reply) = self.pooled.link.try_execute_in_place(&sql) {
            return match self.after_turn(reply, Access::Write).await? {
                Done::Executed(executed) => Ok(executed),
                _ => Err(mismatch()),
            };
        }
        match self.call(Work::Execute(sql)).await? {
            Done::Executed(executed) => Ok(executed),
            _ => Err(mismatch()),
        }
    }

    async fn query(&mut self, sql: CompiledSql, mut sink: BoxSink<Sqlite>) -> Result<BoxSink<Sqlite>> {
        self.ready()?;
        self.pooled.link.note_text(&sql.sql);
        if let Some(reply) = self.pooled.link.try_in_place(&sql, &mut sink) {
            self.after_turn(reply, sql.access).await?;
            return Ok(sink);
        }
        match self.call(Work::Query(sql, sink)).await? {
            Done::Rows(sink) => Ok(sink),
            _ => Err(mismatch()),
        }
    }

    async fn batch(&mut self, sql: &str) -> Result<()> {
        self.ready()?;
        if self.is_of_savepoints(sql)
            && let Some(reply) = self.pooled.link.try_step_in_place(|session| {
                session.has_short_savepoints(sql).then(|| session.savepoints(sql))
            })
        {
            self.note(reply.autocommit);
            return reply.result.map(drop);
        }
        self.pooled.link.note_text(sql);
        self.call(Work::Batch(sql.to_owned())).await.map(drop)
    }

    async fn cursor(mut self, sql: CompiledSql) -> Result<SqliteCursor> {
        let operation = sql.operation;
        self.pooled.link.note_text(&sql.sql);
        let Done::Cursor(id) = self.call(Work::OpenCursor(sql)).await? else { return Err(mismatch()) };
        let link = Arc::clone(self.link());
        // In memory there is no other connection, so the cursor rests on it without holding it.
        let resting = link.role == Role::Memory && self.transaction == Transaction::None;
        let pools = Arc::clone(&self.pools);
        Ok(SqliteCursor::new(id, link, pools, (!resting).then_some(self), operation))
    }

    async fn open_portal(&mut self, sql: CompiledSql) -> Result<Portal> {
        self.pooled.link.note_text(&sql.sql);
        match self.call(Work::OpenCursor(sql)).await? {
            Done::Cursor(id) => {
                self.portals.push(Portal(id));
                Ok(Portal(id))
            }
            _ => Err(mismatch()),
        }
    }

    async fn fetch_portal(
        &mut self,
        portal: Portal,
        sink: BoxSink<Sqlite>,
        rows: usize,
    ) -> Result<Fetched<Sqlite>> {
        let fetched = match self.call(Work::Fetch(portal.0, sink, rows)).await {
            Ok(Done::Fetched(fetched)) => Ok(fetched),
            Ok(_) => Err(mismatch()),
            Err(error) => Err(error),
        };
        if !matches!(&fetched, Ok(fetched) if fetched.more) {
            // The worker has closed it.
            self.portals.retain(|open| *open != portal);
        }
        fetched
    }

    fn close_portal(&mut self, portal: Portal) {
        self.portals.retain(|open| *open != portal);
        self.pooled.link.post(Work::CloseCursor(portal.0));
    }

    fn is_transaction_lost(&self) -> bool {
        self.calling || self.transaction == Transaction::Lost
    }

    async fn advisory_lock(&mut self, _key: &LockKey, _wait: bool) -> Result<bool> {
        Err(Error::unsupported("advisory locks", "SQLite"))
    }

    async fn advisory_unlock(&mut self, _keys: &[LockKey]) -> Result<()> {
        Err(Error::unsupported("advisory locks", "SQLite"))
    }

    async fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        if options.deferrable {
            return Err(Error::unsupported("deferrable transactions", "SQLite"));
        }
        // SQLite's transactions are serializable, which is at least what any level asks for.
        self.ready()?;
        let as_it_is = !options.read_only || self.pooled.link.role == Role::Reader;
        if options.lock_timeout.is_none()
            && as_it_is
            && let Some(reply) = self.pooled.link.try_step_in_place(|session| Some(session.begin(options)))
        {
            self.note(reply.autocommit);
            // Here, where nothing is done yet, and not behind a commit, whose outcome its caller is to learn.
            tokio::task::coop::consume_budget().await;
            return reply.result.map(drop);
        }
        self.call(Work::Begin(options.clone())).await.map(drop)
    }

    async fn commit(&mut self) -> Result<()> {
        self.ready()?;
        let committed = match self.pooled.link.try_end_in_place(End::Commit) {
            Some(reply) => {
                self.note(reply.autocommit);
                reply.result
            }
            None => self.call(Work::Commit).await,
        };
        if committed.is_ok() {
            self.transaction = Transaction::None;
        }
        committed.map(drop)
    }

    async fn rollback(&mut self) -> Result<()> {
        self.calling = false;
        self.transaction = Transaction::None;
        let rolled_back = match self.pooled.link.try_end_in_place(End::Rollback) {
            Some(reply) => reply.result,
            None => self.call(Work::Rollback).await,
        };
        self.transaction = Transaction::None;
        rolled_back.map(drop)
    }
}

impl Drop for SqliteConnection {
    fn drop(&mut self) {
        for portal in std::mem::take(&mut self.portals) {
            self.pooled.link.post(Work::CloseCursor(portal.0));
        }
        if self.calling || self.transaction != Transaction::None {
            // It stands in the inbox before anything that the next caller sends.
            self.pooled.link.post(Work::Rollback);
        }
    }
}
