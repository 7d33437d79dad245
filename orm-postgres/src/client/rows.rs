//! Rows that are read piece by piece, at the reader's pace.

use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::StreamExt;
use orm_core::Result;
use orm_core::backend::BoxSink;
use orm_core::compile::CompiledSql;
use tokio::time::timeout;
use tokio_postgres::RowStream;

use super::{Failure, Pending, PgClient, Transaction, exchange, prepare};
use crate::backend::Postgres;
use crate::driver::milliseconds;
use crate::row::PgRow;
use crate::types::Param;

/// Rows still to come after a sink's error are read up to this many bytes …
const DRAIN_BYTES: usize = 64 * 1024;
/// … and for this long; beyond, closing the connection is cheaper.
const DRAIN_TIME: Duration = Duration::from_millis(100);

/// The rows of a cursor.
pub(crate) type Rows = Pin<Box<RowStream>>;

impl PgClient {
    /// Runs a query whose rows are read piece by piece with [`PgClient::fetch`].
    ///
    /// They wait in the server and in the sockets' buffers: tokio-postgres' task stops reading after two chunks that
    /// nobody took. So the reader sets the pace, and the server's statement time-out, which counts the reader's
    /// time too, is lifted meanwhile; the client's still limits each wait.
    pub(crate) async fn open_rows(&mut self, sql: &CompiledSql) -> Result<Rows> {
        let mut again = true;
        loop {
            let mut ahead = self.start()?;
            if self.lifts_timeout() {
                ahead = Some("SET statement_timeout = 0".to_owned());
            }
            let PgClient { client, cache, tainted, deadline, .. } = self;
            let outcome = {
                let work = pin!(async {
                    let statement = prepare(client, cache, tainted, sql).await?;
                    Ok(client.query_raw(&statement, sql.params.iter().map(Param)).await?)
                });
                deadline.run(pin!(exchange(client, ahead, work))).await
            };
            if again && self.forget_stale(&outcome, sql) {
                again = false;
                continue;
            }
            if outcome.as_ref().is_ok_and(Result::is_err) {
                // The time-out stays lifted. Not worth a round trip on the way out.
                self.tainted = true;
            }
            let rows = Box::pin(self.settle(outcome, &sql.sql)?);
            self.pending = Pending::Reply;
            return Ok(rows);
        }
    }

    /// Pushes up to `limit` rows into `sink`; says whether there may be more.
    pub(crate) async fn fetch(
        &mut self,
        rows: &mut Rows,
        sink: &mut BoxSink<Postgres>,
        limit: usize,
        sql: &str,
    ) -> Result<bool> {
        let outcome = {
            let work = pin!(async {
                for _ in 0..limit {
                    let Some(row) = rows.next().await else { return Ok(false) };
                    let row = row?;
                    if let Err(error) = sink.push(&mut PgRow::new(&row)) {
                        return Err(Failure::Sink { error, drained: Box::pin(drain(rows.as_mut())).await });
                    }
                }
                Ok(true)
            });
            self.deadline.run(work).await
        };
        match outcome {
            Ok(Ok(true)) => Ok(true),
            Ok(Ok(false)) => {
                self.pending = Pending::Nothing;
                self.restore_timeout().await?;
                Ok(false)
            }
            failed => {
                self.tainted = true;
                self.settle(failed, sql)
            }
        }
    }

    /// Reads the rest of a cursor's rows if that is little; otherwise the connection stays marked.
    pub(crate) async fn abandon_rows(&mut self, rows: Rows) {
        let mut rows = rows;
        if drain(rows.as_mut()).await {
            self.pending = Pending::Nothing;
            // On an error the connection is marked, which is all that is left to do.
            let _ = self.restore_timeout().await;
        }
    }

    fn lifts_timeout(&self) -> bool {
        self.statement_timeout.is_some() && self.transaction == Transaction::None
    }

    async fn restore_timeout(&mut self) -> Result<()> {
        if self.lifts_timeout() {
            let sql = format!("SET statement_timeout = {}", milliseconds(self.statement_timeout));
            self.simple(&sql).await.inspect_err(|_| self.broken = true)?;
        }
        Ok(())
    }
}

/// Reads the rest of the rows if that is little; says whether the end was reached. An error is an end too.
pub(super) async fn drain(mut rows: Pin<&mut RowStream>) -> bool {
    let rest = async {
        let mut bytes = 0;
        while let Some(row) = rows.next().await {
            let Ok(row) = row else { return true };
            bytes += row.raw_size_bytes();
            if bytes > DRAIN_BYTES {
                return false;
            }
        }
        true
    };
    timeout(DRAIN_TIME, rest).await.unwrap_or(false)
}
