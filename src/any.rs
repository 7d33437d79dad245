//! A database whose kind is chosen at run time by its URL: one more backend, over those that are compiled in.

mod connection;
mod row;
mod sink;

use orm_core::backend::{Backend, Observed, PoolOptions, PoolStatus};
use orm_core::compile::{Access, Dialect, Operation};
use orm_core::error::{Error, Result};
use orm_core::exec::Database;

pub use connection::{AnyConnection, AnyCursor};
pub use row::AnyRow;

/// A database of any kind.
pub type AnyDatabase = Database<AnyBackend>;

/// One of the backends that are compiled in.
#[non_exhaustive]
pub enum AnyBackend {
    /// See [`crate::sqlite`].
    #[cfg(feature = "sqlite")]
    Sqlite(orm_sqlite::Sqlite),
    /// See [`crate::postgres`].
    #[cfg(feature = "postgres")]
    Postgres(orm_postgres::Postgres),
    /// See [`crate::mysql`].
    #[cfg(feature = "mysql")]
    MySql(orm_mysql::MySql),
}

/// The database that a URL names; its scheme says which kind: `sqlite:`, `postgres://`, `mysql://`, `mariadb://`.
///
/// # Errors
/// The scheme is unknown or its feature is not enabled, the URL cannot be used, or the server cannot be reached.
pub async fn connect(url: &str) -> Result<AnyDatabase> {
    connect_with(url, |pool| pool).await
}

/// The database that a URL names, whichever kind it is, with settings of its pool from elsewhere. The closure gets those of the
/// URL, and of the kind where the URL says nothing.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// let url = "sqlite::memory:"; // or from the environment
/// let size = std::env::var("POOL_SIZE").ok().and_then(|size| size.parse().ok());
/// let db = orm::connect_with(url, |pool| match size {
///     Some(size) => pool.pool_size(size).max_overflow(5),
///     None => pool,
/// })
/// .await?;
/// # db.close().await;
/// # Ok(()) }
/// ```
///
/// # Errors
/// The scheme is unknown or its feature is not enabled, the URL or a setting cannot be used, or the server cannot be reached.
pub async fn connect_with(url: &str, pool: impl FnOnce(PoolOptions) -> PoolOptions) -> Result<AnyDatabase> {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let backend = match scheme {
        #[cfg(feature = "sqlite")]
        "sqlite" => {
            let options = orm_sqlite::SqliteOptions::parse(url)?;
            let pool = pool(options.pool_options().clone());
            AnyBackend::Sqlite(orm_sqlite::connect_with(options.pool(pool)).await?)
        }
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => {
            let options = orm_postgres::PostgresOptions::from_url(url)?;
            let pool = pool(options.pool_options().clone());
            AnyBackend::Postgres(orm_postgres::connect_with(options.pool(pool)).await?)
        }
        #[cfg(feature = "mysql")]
        "mysql" | "mariadb" => {
            let options = orm_mysql::MySqlOptions::from_url(url)?;
            let pool = pool(options.pool_options().clone());
            AnyBackend::MySql(orm_mysql::connect_with(options.pool(pool)).await?)
        }
        #[allow(unreachable_patterns, reason = "with all features every scheme is matched above")]
        "sqlite" | "postgres" | "postgresql" | "mysql" | "mariadb" => {
            let feature = match scheme {
                "mysql" | "mariadb" => "mysql",
                "sqlite" => "sqlite",
                _ => "postgres",
            };
            return Err(Error::Config(
                format!("a `{scheme}:` URL needs the feature `{feature}` of `orm`, which is not enabled")
                    .into(),
            ));
        }
        _ => {
            return Err(Error::Config(
                "a database URL starts with `sqlite:`, `postgres://`, `mysql://` or `mariadb://`".into(),
            ));
        }
    };
    Ok(Database::new(backend))
}

/// The same expression for whichever backend is there.
macro_rules! each {
    ($any:ident, $value:expr, $inner:pat => $run:expr) => {
        match $value {
            #[cfg(feature = "sqlite")]
            $any::Sqlite($inner) => $run,
            #[cfg(feature = "postgres")]
            $any::Postgres($inner) => $run,
            #[cfg(feature = "mysql")]
            $any::MySql($inner) => $run,
        }
    };
}
use each;

impl Backend for AnyBackend {
    type Row<'r> = AnyRow<'r>;
    type Connection = AnyConnection;
    type Cursor = AnyCursor;

    fn dialect(&self) -> Dialect {
        each!(AnyBackend, self, backend => backend.dialect())
    }

    async fn acquire(&self, access: Access, operation: Operation) -> Result<AnyConnection> {
        Ok(match self {
            #[cfg(feature = "sqlite")]
            AnyBackend::Sqlite(backend) => AnyConnection::Sqlite(backend.acquire(access, operation).await?),
            #[cfg(feature = "postgres")]
            AnyBackend::Postgres(backend) => {
                AnyConnection::Postgres(backend.acquire(access, operation).await?)
            }
            #[cfg(feature = "mysql")]
            AnyBackend::MySql(backend) => AnyConnection::MySql(backend.acquire(access, operation).await?),
        })
    }

    fn status(&self) -> PoolStatus {
        each!(AnyBackend, self, backend => backend.status())
    }

    fn observed(&self) -> &Observed {
        each!(AnyBackend, self, backend => backend.observed())
    }

    async fn close(&self) {
        each!(AnyBackend, self, backend => backend.close().await);
    }
}
