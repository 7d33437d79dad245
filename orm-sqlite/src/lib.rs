//! SQLite driver of orm.
#![doc = include_str!("lib.md")]
#![warn(missing_docs, unreachable_pub)]

mod connection;
mod control;
mod cursor;
mod decimal;
mod driver;
mod error;
mod functions;
mod options;
mod place;
mod row;
mod session;
mod session_state;
mod types;
mod worker;

pub use connection::SqliteConnection;
pub use cursor::SqliteCursor;
pub use options::SqliteOptions;
pub use row::Row;

use std::sync::Arc;

use orm_core::backend::{Backend, Observed, PoolStatus};
use orm_core::compile::{Access, Dialect, Operation};
use orm_core::error::Result;
use orm_core::exec::Pool;

use crate::driver::SqliteDriver;
use crate::session::Role;

/// A SQLite database with its connections. Cloning it gives another handle to the same.
#[derive(Clone)]
pub struct Sqlite {
    inside: Arc<dyn Inside>,
}

/// What a handle hides, as `orm_core::exec::Database` does.
trait Inside: Send + Sync {
    fn pools(&self) -> &Pools;
    fn shared(self: Arc<Self>) -> Arc<Pools>;
}

impl Inside for Pools {
    fn pools(&self) -> &Pools {
        self
    }

    fn shared(self: Arc<Self>) -> Arc<Pools> {
        self
    }
}

/// Opens the database that a URL names; see [`SqliteOptions::parse`].
///
/// # Errors
/// The URL cannot be used, or the database cannot be opened.
pub async fn connect(url: &str) -> Result<Sqlite> {
    connect_with(SqliteOptions::parse(url)?).await
}

/// Opens a database. The connection that writes is opened at once, so that a wrong path shows here.
///
/// # Errors
/// The options contradict each other, or the database cannot be opened.
pub async fn connect_with(options: SqliteOptions) -> Result<Sqlite> {
    options.check()?;
    let pools = Arc::new(Pools::new(options));
    drop(pools.acquire_writer(Operation::new("", "connect")).await?);
    Ok(Sqlite { inside: pools })
}

/// The pool of one that writes, and the readers of a file.
pub(crate) struct Pools {
    writer: Pool<SqliteDriver>,
    readers: Option<Pool<SqliteDriver>>,
    observed: Observed,
}

impl Pools {
    fn new(options: SqliteOptions) -> Self {
        let observed = options.observed();
        let pool = options.pool.clone();
        let single = pool.clone().pool_size(1_usize).max_overflow(0_usize);
        if options.path.is_none() {
            // The connection is the database: it does not age.
            let eternal = single.max_age(None).health_check_after(None);
            let writer = Pool::new(SqliteDriver::new(options, Role::Memory), eternal);
            return Pools { writer, readers: None, observed };
        }
        if options.read_only {
            let writer = Pool::new(SqliteDriver::new(options, Role::Reader), pool);
            return Pools { writer, readers: None, observed };
        }
        let readers = Pool::new(SqliteDriver::new(options.clone(), Role::Reader), pool);
        let writer = Pool::new(SqliteDriver::new(options, Role::Writer), single);
        Pools { writer, readers: Some(readers), observed }
    }

    pub(crate) async fn acquire_writer(self: &Arc<Self>, operation: Operation) -> Result<SqliteConnection> {
        Ok(SqliteConnection::new(self.writer.acquire(operation).await?, Arc::clone(self)))
    }
}

impl Backend for Sqlite {
    type Row<'r> = Row<'r>;
    type Connection = SqliteConnection;
    type Cursor = SqliteCursor;

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn acquire(&self, access: Access, operation: Operation) -> Result<SqliteConnection> {
        let pools = Arc::clone(&self.inside).shared();
        match (&pools.readers, access) {
            (Some(readers), Access::Read) => {
                let reader = readers.acquire(operation).await?;
                Ok(SqliteConnection::new(reader, Arc::clone(&pools)))
            }
            _ => pools.acquire_writer(operation).await,
        }
    }

    fn status(&self) -> PoolStatus {
        let pools = self.inside.pools();
        let writer = pools.writer.status();
        let readers = pools.readers.as_ref().map(Pool::status).unwrap_or_default();
        writer.plus(readers)
    }

    fn observed(&self) -> &Observed {
        &self.inside.pools().observed
    }

    async fn close(&self) {
        let pools = self.inside.pools();
        pools.writer.close();
        if let Some(readers) = &pools.readers {
            readers.close();
        }
    }
}
