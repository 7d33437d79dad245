//! Cursors in the server, for queries that are read in chunks while the transaction does other things.
//!
//! tokio-postgres binds portals of its own only within its own transaction type, which would begin one; DECLARE gives
//! the same with SQL, for any query that only reads. A statement that writes is run at once, and gives all its rows in
//! the first chunk.

use std::collections::HashMap;
use std::pin::pin;

use futures_util::StreamExt;
use orm_core::Result;
use orm_core::backend::{BoxSink, Portal};
use orm_core::compile::{Access, CompiledSql, SqlText};
use orm_core::error::Error;
use tokio_postgres::Statement;

use super::{Failure, Pending, PgClient, Transaction, exchange, rows};
use crate::backend::Postgres;
use crate::row::PgRow;

/// The open portals of a transaction.
#[derive(Default)]
pub(super) struct Portals {
    open: HashMap<u64, Open>,
    last: u64,
}

enum Open {
    /// Still to be run.
    Whole(CompiledSql),
    /// Declared in the server. Its FETCH is prepared with the first chunk, since its columns are known only then, and
    /// is for one number of rows.
    Declared { sql: SqlText, fetch: Option<(usize, Statement)> },
}

impl Portals {
    /// A new transaction: numbers begin anew, so that the texts of DECLARE are the same in each, and stay prepared.
    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.last = 0;
    }

    fn add(&mut self, open: Open) -> Portal {
        self.last += 1;
        self.open.insert(self.last, open);
        Portal(self.last)
    }
}

impl PgClient {
    pub(crate) async fn open_portal(&mut self, sql: CompiledSql) -> Result<Portal> {
        if sql.access == Access::Write {
            return Ok(self.portals.add(Open::Whole(sql)));
        }
        let text = format!("DECLARE {} NO SCROLL CURSOR FOR {}", name(self.portals.last + 1), sql.sql);
        let declare = CompiledSql { sql: text.into(), ..sql };
        self.execute(&declare).await?;
        Ok(self.portals.add(Open::Declared { sql: declare.sql, fetch: None }))
    }

    /// Pushes rows into `sink`; says whether there may be more.
    pub(crate) async fn fetch_portal(
        &mut self,
        portal: Portal,
        sink: &mut BoxSink<Postgres>,
        limit: usize,
    ) -> Result<bool> {
        // Taken out: whatever interrupts this, it is not to be read again.
        let (sql, kept) = match self.portals.open.remove(&portal.0) {
            None => return Err(Error::InvalidQuery("the cursor has ended".into())),
            Some(Open::Whole(sql)) => {
                self.query(&sql, sink).await?;
                return Ok(false);
            }
            Some(Open::Declared { sql, fetch }) => (sql, fetch.filter(|(rows, _)| *rows == limit)),
        };
        let ahead = self.start()?;
        let PgClient { client, deadline, .. } = self;
        let mut fetch = None;
        let (fetch_in_use, sink_in_use) = (&mut fetch, sink);
        let outcome = {
            let work = pin!(async {
                let statement = match kept {
                    Some((_, statement)) => statement,
                    None => client.prepare(&format!("FETCH FORWARD {limit} FROM {}", name(portal.0))).await?,
                };
                let none: [i32; 0] = [];
                let mut stream = pin!(client.query_raw(&statement, none).await?);
                let mut count = 0_usize;
                while let Some(row) = stream.next().await {
                    let row = row?;
                    count += 1;
                    if let Err(error) = sink_in_use.push(&mut PgRow::new(&row)) {
                        return Err(Failure::Sink { error, drained: Box::pin(rows::drain(stream)).await });
                    }
                }
                *fetch_in_use = Some((limit, statement));
                Ok(count == limit)
            });
            deadline.run(pin!(exchange(client, ahead, work))).await
        };
        let more = self.settle(outcome, &sql)?;
        if more {
            self.portals.open.insert(portal.0, Open::Declared { sql, fetch });
        } else {
            self.send_close(portal);
        }
        Ok(more)
    }

    pub(crate) fn close_portal(&mut self, portal: Portal) {
        if let Some(Open::Declared { .. }) = self.portals.open.remove(&portal.0) {
            self.send_close(portal);
        }
    }

    /// True when the transaction cannot go on.
    pub(crate) fn is_transaction_lost(&self) -> bool {
        self.broken
            || self.transaction == Transaction::Ended
            || self.pending == Pending::Reply
            || self.client.is_closed()
    }

    /// With the next statement. Where one has failed, the cursor ends with the savepoint or transaction.
    fn send_close(&mut self, portal: Portal) {
        if self.transaction == (Transaction::Open { failed: false }) && self.pending != Pending::Reply {
            self.push_ahead(&format!("CLOSE {}", name(portal.0)));
        }
    }
}

fn name(number: u64) -> String {
    format!("orm_p{number}")
}
