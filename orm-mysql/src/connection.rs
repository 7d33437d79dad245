//! A connection on loan from the pool.

use orm_core::Result;
use orm_core::backend::{BoxSink, Connection, Executed, Fetched, LockKey, Portal, TransactionOptions};
use orm_core::compile::CompiledSql;
use orm_core::exec::Pooled;

use crate::{MySql, MySqlCursor, MySqlDriver};

/// A connection taken from the pool; it goes back when it is dropped and its state is known to be clean.
pub struct MySqlConnection {
    session: Pooled<MySqlDriver>,
}

impl MySqlConnection {
    pub(crate) fn new(session: Pooled<MySqlDriver>) -> Self {
        MySqlConnection { session }
    }
}

impl Connection<MySql> for MySqlConnection {
    // The session's futures themselves: another one around them would hold the statement as well.
    fn execute(&mut self, sql: CompiledSql) -> impl Future<Output = Result<Executed>> + Send {
        self.session.execute(sql)
    }

    fn query(
        &mut self,
        sql: CompiledSql,
        sink: BoxSink<MySql>,
    ) -> impl Future<Output = Result<BoxSink<MySql>>> + Send {
        self.session.query(sql, sink)
    }

    async fn batch(&mut self, sql: &str) -> Result<()> {
        self.session.batch(sql).await
    }

    async fn cursor(self, sql: CompiledSql) -> Result<MySqlCursor> {
        MySqlCursor::open(self.session, sql).await
    }

    async fn open_portal(&mut self, sql: CompiledSql) -> Result<Portal> {
        self.session.open_portal(sql).await
    }

    async fn fetch_portal(
        &mut self,
        portal: Portal,
        mut sink: BoxSink<MySql>,
        rows: usize,
    ) -> Result<Fetched<MySql>> {
        let more = self.session.fetch_portal(portal, &mut sink, rows).await?;
        Ok(Fetched { sink, more })
    }

    fn close_portal(&mut self, portal: Portal) {
        self.session.close_portal(portal);
    }

    fn is_transaction_lost(&self) -> bool {
        self.session.is_transaction_lost()
    }

    async fn advisory_lock(&mut self, key: &LockKey, wait: bool) -> Result<bool> {
        self.session.advisory_lock(key, wait).await
    }

    async fn advisory_unlock(&mut self, keys: &[LockKey]) -> Result<()> {
        self.session.advisory_unlock(keys).await
    }

    async fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        self.session.begin(options).await
    }

    async fn commit(&mut self) -> Result<()> {
        self.session.commit().await
    }

    async fn rollback(&mut self) -> Result<()> {
        self.session.rollback().await
    }
}
