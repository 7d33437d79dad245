//! An open cursor: a connection whose rows are read as fast as they are asked for.

use orm_core::Result;
use orm_core::backend::{BoxSink, Cursor, Fetched};
use orm_core::compile::SqlText;

use crate::backend::Postgres;
use crate::client::Rows;
use crate::connection::PgConnection;

/// A query's rows that are still to be read. Memory stays constant: what is not asked for waits in the server.
///
/// Dropped before its end, it reads the rest if that is little; otherwise the query is cancelled and the connection
/// closed.
pub struct PgCursor {
    open: Option<Open>,
    sql: SqlText,
}

/// A cursor that has not met its end.
struct Open {
    connection: PgConnection,
    rows: Rows,
}

impl PgCursor {
    pub(crate) fn new(connection: PgConnection, rows: Rows, sql: SqlText) -> Self {
        PgCursor { open: Some(Open { connection, rows }), sql }
    }
}

impl Cursor<Postgres> for PgCursor {
    async fn fetch(&mut self, mut sink: BoxSink<Postgres>, rows: usize) -> Result<Fetched<Postgres>> {
        let Some(open) = &mut self.open else { return Ok(Fetched { sink, more: false }) };
        let fetched = open.connection.client().fetch(&mut open.rows, &mut sink, rows, &self.sql).await;
        if !matches!(fetched, Ok(true)) {
            // The connection goes back, or is closed, at once.
            self.open = None;
        }
        Ok(Fetched { sink, more: fetched? })
    }
}

impl Drop for PgCursor {
    fn drop(&mut self) {
        let Some(Open { mut connection, rows }) = self.open.take() else { return };
        let runtime = connection.client().runtime().clone();
        runtime.spawn(async move { connection.client().abandon_rows(rows).await });
    }
}
