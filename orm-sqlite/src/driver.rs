//! What the pool needs: opening a connection, and knowing whether it may be used again.

use std::sync::Arc;

use orm_core::backend::{Driver, PooledConnection};
use orm_core::error::{Error, Result};
use tokio::sync::OnceCell;

use crate::SqliteOptions;
use crate::place::LongReads;
use crate::session::Role;
use crate::worker::{Link, Work};

/// Opens connections of one role.
pub(crate) struct SqliteDriver {
    options: SqliteOptions,
    role: Role,
    /// The one connection to a database in memory: it is the database, so whatever a pool does it stays.
    memory: OnceCell<Arc<Link>>,
    /// What its connections learn is the same for all of them.
    long_reads: Arc<LongReads>,
}

impl SqliteDriver {
    pub(crate) fn new(options: SqliteOptions, role: Role) -> Self {
        SqliteDriver { options, role, memory: OnceCell::new(), long_reads: Arc::new(LongReads::new()) }
    }
}

impl Driver for SqliteDriver {
    type Connection = SqliteLink;

    async fn connect(&self) -> Result<SqliteLink> {
        let open =
            || async { Link::open(self.options.clone(), self.role, &self.long_reads).await.map(Arc::new) };
        let link = match self.role {
            Role::Memory => Arc::clone(self.memory.get_or_try_init(open).await?),
            Role::Writer | Role::Reader => open().await?,
        };
        Ok(SqliteLink { link })
    }

    fn target(&self) -> String {
        self.options.target()
    }
}

/// A connection as it lies in the pool.
pub(crate) struct SqliteLink {
    pub(crate) link: Arc<Link>,
}

impl PooledConnection for SqliteLink {
    /// A call or a transaction that was abandoned has left a rollback in the worker's inbox, ahead of the next
    /// caller's job: only a rollback that failed makes a connection unclean.
    fn is_clean(&self) -> bool {
        self.link.is_sound()
    }

    async fn ping(&mut self) -> Result<()> {
        self.link.call(Work::Ping).await?.result.map(drop)
    }

    fn discard(self) {}
}

/// The answer did not belong to the question.
pub(crate) fn mismatch() -> Error {
    Error::InvalidQuery("the connection's thread gave another answer than was asked for".into())
}
