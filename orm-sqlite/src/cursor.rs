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
    operation: Operation,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A chunk is under way; still so at the next call, it was abandoned and its rows are lost.
    Fetching,
    Ended,
}

impl SqliteCursor {
    pub(crate) fn new(
        id: u64,
        link: Arc<Link>,
        pools: Arc<Pools>,
        held: Option<SqliteConnection>,
        operation: Operation,
    ) -> Self {
        SqliteCursor { id, link, pools, held, operation, state: State::Open }
    }
}

impl Cursor<Sqlite> for SqliteCursor {
    async fn fetch(&mut self, sink: BoxSink<Sqlite>, rows: usize) -> Result<Fetched<Sqlite>> {
        match self.state {
            State::Open => {}
            State::Fetching => return Err(Error::InvalidQuery("a chunk of the cursor was abandoned".into())),
            State::Ended => return Ok(Fetched { sink, more: false }),
        }
        let work = Work::Fetch(self.id, sink, rows);
        let done = if let Some(connection) = &mut self.held {
            self.state = State::Fetching;
            connection.call(work).await
        } else {
            let mut connection = self.pools.acquire_writer(self.operation).await?;
            if !Arc::ptr_eq(connection.link(), &self.link) {
                return Err(Error::InvalidQuery("the cursor's connection is gone".into()));
            }
            self.state = State::Fetching;
            connection.call(work).await
        };
        match done {
            Ok(Done::Fetched(fetched)) => {
                self.state = if fetched.more { State::Open } else { State::Ended };
                Ok(fetched)
            }
            Ok(_) => Err(mismatch()),
            Err(error) => {
                self.state = State::Ended;
                Err(error)
            }
        }
    }
}

impl Drop for SqliteCursor {
    fn drop(&mut self) {
        if self.state != State::Ended {
            self.link.post(Work::CloseCursor(self.id));
        }
    }
}
