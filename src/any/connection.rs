//! A connection, and a cursor, of whichever driver.

use orm_core::backend::{
    Backend, BoxSink, Connection, Cursor, Executed, Fetched, LockKey, Portal, Queries, TransactionOptions,
};
use orm_core::compile::CompiledSql;
use orm_core::error::Result;

use super::sink::{unwrap, wrap};
use super::{AnyBackend, each};

/// A connection of whichever driver.
#[non_exhaustive]
pub enum AnyConnection {
    /// SQLite's.
    #[cfg(feature = "sqlite")]
    Sqlite(<orm_sqlite::Sqlite as Backend>::Connection),
    /// PostgreSQL's.
    #[cfg(feature = "postgres")]
    Postgres(<orm_postgres::Postgres as Backend>::Connection),
    /// MySQL's.
    #[cfg(feature = "mysql")]
    MySql(<orm_mysql::MySql as Backend>::Connection),
}

impl Connection<AnyBackend> for AnyConnection {
    async fn execute(&mut self, sql: CompiledSql) -> Result<Executed> {
        each!(AnyConnection, self, connection => connection.execute(sql).await)
    }

    async fn query(&mut self, sql: CompiledSql, sink: BoxSink<AnyBackend>) -> Result<BoxSink<AnyBackend>> {
        each!(AnyConnection, self, connection => unwrap(connection.query(sql, wrap(sink)).await?))
    }

    async fn query_all(&mut self, queries: Queries<AnyBackend>) -> Result<Vec<BoxSink<AnyBackend>>> {
        each!(AnyConnection, self, connection => {
            let queries = queries.into_iter().map(|(sql, sink)| (sql, wrap(sink))).collect();
            connection.query_all(queries).await?.into_iter().map(unwrap).collect()
        })
    }

    async fn batch(&mut self, sql: &str) -> Result<()> {
        each!(AnyConnection, self, connection => connection.batch(sql).await)
    }

    async fn cursor(self, sql: CompiledSql) -> Result<AnyCursor> {
        Ok(match self {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(connection) => AnyCursor::Sqlite(connection.cursor(sql).await?),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(connection) => AnyCursor::Postgres(connection.cursor(sql).await?),
            #[cfg(feature = "mysql")]
            AnyConnection::MySql(connection) => AnyCursor::MySql(connection.cursor(sql).await?),
        })
    }

    async fn open_portal(&mut self, sql: CompiledSql) -> Result<Portal> {
        each!(AnyConnection, self, connection => connection.open_portal(sql).await)
    }

    async fn fetch_portal(
        &mut self,
        portal: Portal,
        sink: BoxSink<AnyBackend>,
        rows: usize,
    ) -> Result<Fetched<AnyBackend>> {
        each!(AnyConnection, self, connection => {
            let fetched = connection.fetch_portal(portal, wrap(sink), rows).await?;
            Ok(Fetched { sink: unwrap(fetched.sink)?, more: fetched.more })
        })
    }

    fn close_portal(&mut self, portal: Portal) {
        each!(AnyConnection, self, connection => connection.close_portal(portal));
    }

    fn is_transaction_lost(&self) -> bool {
        each!(AnyConnection, self, connection => connection.is_transaction_lost())
    }

    async fn advisory_lock(&mut self, key: &LockKey, wait: bool) -> Result<bool> {
        each!(AnyConnection, self, connection => connection.advisory_lock(key, wait).await)
    }

    async fn advisory_unlock(&mut self, keys: &[LockKey]) -> Result<()> {
        each!(AnyConnection, self, connection => connection.advisory_unlock(keys).await)
    }

    async fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        each!(AnyConnection, self, connection => connection.begin(options).await)
    }

    async fn commit(&mut self) -> Result<()> {
        each!(AnyConnection, self, connection => connection.commit().await)
    }

    async fn rollback(&mut self) -> Result<()> {
        each!(AnyConnection, self, connection => connection.rollback().await)
    }
}

/// A cursor of whichever driver.
#[non_exhaustive]
pub enum AnyCursor {
    /// SQLite's.
    #[cfg(feature = "sqlite")]
    Sqlite(<orm_sqlite::Sqlite as Backend>::Cursor),
    /// PostgreSQL's.
    #[cfg(feature = "postgres")]
    Postgres(<orm_postgres::Postgres as Backend>::Cursor),
    /// MySQL's.
    #[cfg(feature = "mysql")]
    MySql(<orm_mysql::MySql as Backend>::Cursor),
}

impl Cursor<AnyBackend> for AnyCursor {
    async fn fetch(&mut self, sink: BoxSink<AnyBackend>, rows: usize) -> Result<Fetched<AnyBackend>> {
        each!(AnyCursor, self, cursor => {
            let fetched = cursor.fetch(wrap(sink), rows).await?;
            Ok(Fetched { sink: unwrap(fetched.sink)?, more: fetched.more })
        })
    }
}
