//! Queries that do not depend on each other: all are sent before the first is answered.

use std::pin::pin;

use futures_util::StreamExt;
use futures_util::future::join_all;
use orm_core::Result;
use orm_core::backend::{BoxSink, Queries};
use orm_core::compile::CompiledSql;
use tokio_postgres::Statement;

use super::{Failure, PgClient, exchange, prepare, rows};
use crate::backend::Postgres;
use crate::row::PgRow;
use crate::types::Param;

impl PgClient {
    /// Runs queries together; gives their sinks in the same order. The first error in that order is the one that is told.
    pub(crate) async fn query_all(&mut self, queries: Queries<Postgres>) -> Result<Vec<BoxSink<Postgres>>> {
        let (statements, mut sinks): (Vec<CompiledSql>, Vec<BoxSink<Postgres>>) = queries.into_iter().unzip();
        if statements.is_empty() {
            return Ok(sinks);
        }
        let mut again = true;
        loop {
            let ahead = self.start()?;
            let PgClient { client, cache, tainted, deadline, .. } = self;
            // Whose turn it was when it went wrong.
            let mut at = 0;
            let (at_in_use, sinks_in_use) = (&mut at, &mut sinks);
            let outcome = {
                let work = pin!(async {
                    let mut prepared = Vec::with_capacity(statements.len());
                    for (number, sql) in statements.iter().enumerate() {
                        *at_in_use = number;
                        prepared.push(prepare(client, cache, tainted, sql).await?);
                    }
                    // Futures of tokio-postgres send when they are first polled, and these are polled in their order.
                    let reads = statements.iter().zip(&prepared).zip(sinks_in_use);
                    let reads = reads.map(|((sql, statement), sink)| read(client, statement, sql, sink));
                    for (number, result) in join_all(reads).await.into_iter().enumerate() {
                        *at_in_use = number;
                        result?;
                    }
                    Ok(())
                });
                deadline.run(pin!(exchange(client, ahead, work))).await
            };
            let sql = &statements[at];
            if again && self.forget_stale(&outcome, sql) && sinks.iter_mut().all(|sink| sink.rewind()) {
                again = false;
                continue;
            }
            return self.settle(outcome, &sql.sql).map(|()| sinks);
        }
    }
}

async fn read(
    client: &tokio_postgres::Client,
    statement: &Statement,
    sql: &CompiledSql,
    sink: &mut BoxSink<Postgres>,
) -> Result<(), Failure> {
    let mut stream = pin!(client.query_raw(statement, sql.params.iter().map(Param)).await?);
    while let Some(row) = stream.next().await {
        if let Err(error) = sink.push(&mut PgRow::new(&row?)) {
            return Err(Failure::Sink { error, drained: Box::pin(rows::drain(stream)).await });
        }
    }
    Ok(())
}
