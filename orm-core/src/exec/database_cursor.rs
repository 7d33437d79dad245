//! A stream of a database: on a connection of its own, or in the transaction around a test.

use std::sync::Arc;

use super::TransactionCursor;
use super::transaction::Level;
use crate::backend::{Backend, BoxSink, Cursor, Fetched, Portal};
use crate::error::Result;

/// An open query of a database, from [`Executor::cursor`](crate::backend::Executor::cursor).
pub struct DatabaseCursor<B: Backend>(Place<B>);

enum Place<B: Backend> {
    Own(B::Cursor),
    InTest(TransactionCursor<B>),
}

impl<B: Backend> DatabaseCursor<B> {
    pub(super) fn own(cursor: B::Cursor) -> Self {
        DatabaseCursor(Place::Own(cursor))
    }

    pub(super) fn in_test(around: Arc<Level<B>>, portal: Portal) -> Self {
        DatabaseCursor(Place::InTest(TransactionCursor::new(around, portal)))
    }
}

impl<B: Backend> Cursor<B> for DatabaseCursor<B> {
    async fn fetch(&mut self, sink: BoxSink<B>, rows: usize) -> Result<Fetched<B>> {
        match &mut self.0 {
            Place::Own(cursor) => cursor.fetch(sink, rows).await,
            Place::InTest(cursor) => cursor.fetch(sink, rows).await,
        }
    }
}
