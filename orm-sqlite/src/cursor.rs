//! An open query that is read in chunks, in constant memory.
//!
//! On a file a cursor holds a reader and sees the database as it was when the first row was read. In memory there is
//! one connection for everything, so the query rests on it between two chunks and others may use it; rows changed
//! meanwhile may then be seen as they were or as they are, as SQLite says of one connection's own changes.

use std::sync::Arc;

use orm_core::backend::{BoxSink, Cursor, Fetched};
use orm_core::compile::Operation;
use orm_core::error::{Error, Result};

use crate::connection::SqliteConnection;
use crate::driver::mismatch;
use crate::worker::{Done, Link, Work};
use crate::{Pools, Sqlite};

/// An open cursor; dropping it ends the query.
pub struct SqliteCursor {
    id: u64,
    link: Arc<Link>,
    pools: Arc<Pools>,
    /// The connection that it holds; none where it rests on the one that all share.
    held: Option<SqliteConnection>,
    /// A chunk is under way, or the last one was not the end.
    open: bool,
}

impl SqliteCursor {
    pub(crate) fn new(id: u64, link: Arc<Link>, pools: Arc<Pools>, held: Option<SqliteConnection>) -> Self {
        SqliteCursor { id, link, pools, held, open: true }
    }
}

impl Cursor<Sqlite> for SqliteCursor {
    async fn fetch(&mut self, sink: BoxSink<Sqlite>, rows: usize) -> Result<Fetched<Sqlite>> {
        if !self.open {
            return Ok(Fetched { sink, more: false });
        }
        let work = Work::Fetch(self.id, sink, rows);
        let done = match &mut self.held {
            Some(connection) => connection.call(work).await,
            None => {
                let mut connection = self.pools.acquire_writer(Operation::new("", "cursor")).await?;
                if !Arc::ptr_eq(connection.link(), &self.link) {
                    return Err(Error::InvalidQuery("the cursor's connection is gone".into()));
                }
                connection.call(work).await
            }
        };
        match done {
            Ok(Done::Fetched(fetched)) => {
                self.open = fetched.more;
                Ok(fetched)
            }
            Ok(_) => Err(mismatch()),
            Err(error) => {
                self.open = false;
                Err(error)
            }
        }
    }
}

impl Drop for SqliteCursor {
    fn drop(&mut self) {
        if self.open {
            self.link.post(Work::CloseCursor(self.id));
        }
    }
}
