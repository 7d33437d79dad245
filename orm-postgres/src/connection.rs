//! A connection on loan from the pool.

use std::pin::pin;

use orm_core::Result;
use orm_core::backend::{
    BoxSink, Connection, Executed, Fetched, LockKey, Portal, Queries, TransactionOptions,
};
use orm_core::compile::{Access, CompiledSql, Operation};
use orm_core::exec::Pooled;
use orm_core::value::Value;

use crate::backend::Postgres;
use crate::client::PgClient;
use crate::cursor::PgCursor;
use crate::driver::PgDriver;

/// A connection on loan; dropped, it goes back to the pool or, if its state is not known to be idle, is closed.
pub struct PgConnection {
    pooled: Pooled<PgDriver>,
}

impl PgConnection {
    pub(crate) fn new(pooled: Pooled<PgDriver>) -> Self {
        PgConnection { pooled }
    }

    pub(crate) fn client(&mut self) -> &mut PgClient {
        &mut self.pooled
    }
}

impl Connection<Postgres> for PgConnection {
    // Blocks, as in `orm_core`'s `exec::run`.
    #[expect(clippy::manual_async_fn, reason = "a function would hold its arguments twice")]
    fn execute(&mut self, sql: CompiledSql) -> impl Future<Output = Result<Executed>> + Send {
        async move { pin!(self.pooled.execute(&sql)).await }
    }

    #[expect(clippy::manual_async_fn, reason = "a function would hold its arguments twice")]
    fn query(
        &mut self,
        sql: CompiledSql,
        mut sink: BoxSink<Postgres>,
    ) -> impl Future<Output = Result<BoxSink<Postgres>>> + Send {
        async move {
            pin!(self.pooled.query(&sql, &mut sink)).await?;
            Ok(sink)
        }
    }

    async fn query_all(&mut self, queries: Queries<Postgres>) -> Result<Vec<BoxSink<Postgres>>> {
        self.pooled.query_all(queries).await
    }

    async fn batch(&mut self, sql: &str) -> Result<()> {
        self.pooled.batch(sql).await
    }

    async fn cursor(mut self, sql: CompiledSql) -> Result<PgCursor> {
        let rows = self.pooled.open_rows(&sql).await?;
        Ok(PgCursor::new(self, rows, sql.sql))
    }

    async fn open_portal(&mut self, sql: CompiledSql) -> Result<Portal> {
        self.pooled.open_portal(sql).await
    }

    async fn fetch_portal(
        &mut self,
        portal: Portal,
        mut sink: BoxSink<Postgres>,
        rows: usize,
    ) -> Result<Fetched<Postgres>> {
        let more = self.pooled.fetch_portal(portal, &mut sink, rows).await?;
        Ok(Fetched { sink, more })
    }

    fn close_portal(&mut self, portal: Portal) {
        self.pooled.close_portal(portal);
    }

    fn is_transaction_lost(&self) -> bool {
        self.pooled.is_transaction_lost()
    }

    async fn advisory_lock(&mut self, key: &LockKey, wait: bool) -> Result<bool> {
        // They end with the transaction, or the savepoint, by themselves.
        let (text, operation) = if wait {
            ("SELECT pg_advisory_xact_lock($1)", "advisory_lock")
        } else {
            ("SELECT 1 WHERE pg_try_advisory_xact_lock($1)", "try_advisory_lock")
        };
        let params = vec![Value::I64(key.number())];
        let sql = CompiledSql::new(text, params, Access::Write, Operation::new("", operation));
        Ok(self.pooled.execute(&sql).await?.rows_affected == 1)
    }

    async fn advisory_unlock(&mut self, _keys: &[LockKey]) -> Result<()> {
        Ok(())
    }

    async fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        self.pooled.begin(options)
    }

    async fn commit(&mut self) -> Result<()> {
        self.pooled.commit().await
    }

    async fn rollback(&mut self) -> Result<()> {
        self.pooled.rollback().await
    }
}
