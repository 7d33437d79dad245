//! The backend: a pool of connections to one server, and the SQL it speaks.

use std::pin::pin;

use orm_core::Result;
use orm_core::backend::{Backend, Observed, PoolStatus};
use orm_core::compile::{Access, Dialect, Operation};
use orm_core::exec::Pool;

use crate::{MySqlConnection, MySqlCursor, MySqlDriver, MySqlOptions, MySqlRow};

/// A pool of connections to MySQL or MariaDB at `url`.
///
/// `mysql://user:password@host:port/database`, with parameters such as `?pool_size=20&statement_timeout=10s`; see
/// [`MySqlOptions::from_url`].
///
/// # Errors
/// The URL cannot be used, or the server cannot be reached with it: one connection is opened at once.
pub async fn connect(url: &str) -> Result<MySql> {
    connect_with(MySqlOptions::from_url(url)?).await
}

/// A pool of connections with typed options.
///
/// # Errors
/// As [`connect`].
pub async fn connect_with(options: MySqlOptions) -> Result<MySql> {
    let pool_options = options.pool_options().clone();
    let observed = options.observed();
    let driver = MySqlDriver::new(options)?;
    let shared = driver.shared();
    let pool = Pool::new(driver, pool_options);
    drop(pool.acquire(Operation::new("", "connect")).await?);
    // The first connection has found out; a pool that gave one without asking the driver would be broken.
    let dialect = shared
        .dialect()
        .ok_or_else(|| orm_core::Error::Config("the server did not say what it is".into()))?;
    Ok(MySql { inside: Box::new(Open { pool, observed }), dialect })
}

/// MySQL or MariaDB, whichever answered.
pub struct MySql {
    inside: Box<dyn Inside>,
    dialect: Dialect,
}

/// What a handle hides, as `orm_core::exec::Database` does.
trait Inside: Send + Sync {
    fn open(&self) -> &Open;
}

struct Open {
    pool: Pool<MySqlDriver>,
    observed: Observed,
}

impl Inside for Open {
    fn open(&self) -> &Open {
        self
    }
}

impl Backend for MySql {
    type Row<'r> = MySqlRow;
    type Connection = MySqlConnection;
    type Cursor = MySqlCursor;

    fn dialect(&self) -> Dialect {
        self.dialect
    }

    async fn acquire(&self, _access: Access, operation: Operation) -> Result<MySqlConnection> {
        Ok(MySqlConnection::new(pin!(self.inside.open().pool.acquire(operation)).await?))
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

impl std::fmt::Debug for MySql {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MySql")
            .field("dialect", &self.dialect)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
