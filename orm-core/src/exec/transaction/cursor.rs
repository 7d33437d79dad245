//! A stream of a transaction: its rows are read in chunks, between which the transaction may do anything else.

use std::sync::Arc;

use super::level::Level;
use crate::backend::{Backend, BoxSink, Connection, Cursor, Fetched, Portal};
use crate::error::Result;

/// An open query of a transaction, from [`Executor::cursor`](crate::backend::Executor::cursor).
pub struct TransactionCursor<B: Backend> {
    level: Arc<Level<B>>,
    /// None after the last row.
    portal: Option<Portal>,
}

impl<B: Backend> TransactionCursor<B> {
    pub(in crate::exec) fn new(level: Arc<Level<B>>, portal: Portal) -> Self {
        TransactionCursor { level, portal: Some(portal) }
    }
}

impl<B: Backend> Cursor<B> for TransactionCursor<B> {
    async fn fetch(&mut self, sink: BoxSink<B>, rows: usize) -> Result<Fetched<B>> {
        let Some(portal) = self.portal else { return Ok(Fetched { sink, more: false }) };
        let mut turn = self.level.enter_for_statement().await?;
        // Whatever interrupts this, there is nothing to fetch after it.
        self.portal = None;
        let fetched = turn.connection.fetch_portal(portal, sink, rows).await;
        if matches!(&fetched, Ok(fetched) if fetched.more) {
            self.portal = Some(portal);
        }
        turn.leave_statement(fetched).await
    }
}

impl<B: Backend> Drop for TransactionCursor<B> {
    fn drop(&mut self) {
        self.level.leave_unread(self.portal.take());
    }
}
