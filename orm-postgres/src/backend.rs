//! The backend: a pool of connections that the facade's `Database` is made of.

use std::fmt;
use std::pin::pin;

use orm_core::Result;
use orm_core::backend::{Backend, Observed, PoolStatus};
use orm_core::compile::{Access, Dialect, Operation};
use orm_core::exec::Pool;

use crate::connection::PgConnection;
use crate::cursor::PgCursor;
use crate::driver::PgDriver;
use crate::options::PostgresOptions;
use crate::row::PgRow;

/// A PostgreSQL database with its pool of connections.
pub struct Postgres {
    inside: Box<dyn Inside>,
}

/// What a handle hides, as `orm_core::exec::Database` does.
trait Inside: Send + Sync {
    fn open(&self) -> &Open;
}

struct Open {
    pool: Pool<PgDriver>,
    target: String,
    observed: Observed,
}

impl Inside for Open {
    fn open(&self) -> &Open {
        self
    }
}

/// Connects by URL, opening one connection so that a wrong URL fails at once. See [`PostgresOptions::from_url`].
///
/// # Errors
/// The URL cannot be used, or the server cannot be reached or refuses.
pub async fn connect(url: &str) -> Result<Postgres> {
    connect_with(PostgresOptions::from_url(url)?).await
}

/// Connects by options, opening one connection so that wrong options fail at once.
///
/// # Errors
/// The options cannot be used, or the server cannot be reached or refuses.
pub async fn connect_with(options: PostgresOptions) -> Result<Postgres> {
    let postgres = Postgres::new(options)?;
    drop(postgres.inside.open().pool.acquire(Operation::new("", "connect")).await?);
    Ok(postgres)
}

impl Postgres {
    /// A database whose connections are opened when first needed.
    ///
    /// # Errors
    /// The options contradict each other, or the certificate file cannot be used.
    pub fn new(options: PostgresOptions) -> Result<Self> {
        let driver = PgDriver::new(&options)?;
        let (target, observed) = (options.target(), options.observed());
        let pool = Pool::new(driver, options.pool);
        Ok(Postgres { inside: Box::new(Open { pool, target, observed }) })
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres")
            .field("target", &self.inside.open().target)
            .field("pool", &self.status())
            .finish_non_exhaustive()
    }
}

impl Backend for Postgres {
    type Row<'r> = PgRow<'r>;
    type Connection = PgConnection;
    type Cursor = PgCursor;

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn acquire(&self, _: Access, operation: Operation) -> Result<PgConnection> {
        Ok(PgConnection::new(pin!(self.inside.open().pool.acquire(operation)).await?))
    }

    fn status(&self) -> PoolStatus {
        self.inside.open().pool.status()
    }

    fn observed(&self) -> &Observed {
        &self.inside.open().observed
    }

    async fn close(&self) {
        self.inside.open().pool.close();
    }
}
