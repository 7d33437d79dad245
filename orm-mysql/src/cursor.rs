//! A cursor: rows are taken off the wire as they are asked for, so the server waits for a slow consumer.

use orm_core::Result;
use orm_core::backend::{BoxSink, Cursor, Fetched};
use orm_core::compile::{CompiledSql, SqlText};
use orm_core::exec::Pooled;

use crate::{MySql, MySqlDriver};

/// An open query that holds its connection.
pub struct MySqlCursor {
    session: Pooled<MySqlDriver>,
    /// For errors.
    sql: SqlText,
    ended: bool,
}

impl MySqlCursor {
    pub(crate) async fn open(mut session: Pooled<MySqlDriver>, sql: CompiledSql) -> Result<Self> {
        let text = sql.sql.clone();
        session.open_cursor(sql).await?;
        Ok(MySqlCursor { session, sql: text, ended: false })
    }
}

impl Cursor<MySql> for MySqlCursor {
    async fn fetch(&mut self, mut sink: BoxSink<MySql>, rows: usize) -> Result<Fetched<MySql>> {
        for _ in 0..rows {
            if self.ended {
                break;
            }
            // Whatever interrupts this, there is nothing to fetch after it.
            self.ended = true;
            let Some(mut row) = self.session.next_row(&self.sql).await? else {
                break;
            };
            if let Err(error) = sink.push(&mut row) {
                return Err(self.session.abandon_cursor(error, &self.sql).await);
            }
            self.ended = false;
        }
        Ok(Fetched { sink, more: !self.ended })
    }
}

impl Drop for MySqlCursor {
    fn drop(&mut self) {
        if !self.ended {
            self.session.finish_cursor_if_ready();
        }
    }
}

impl std::fmt::Debug for MySqlCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MySqlCursor")
            .field("sql", &self.sql)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
