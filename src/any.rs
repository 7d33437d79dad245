//! A database whose kind is chosen at run time by its URL: one more backend, over those that are compiled in.

mod connection;
mod row;
mod sink;

use orm_core::backend::{Backend, Observed, PoolStatus};
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
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let backend = match scheme {
        #[cfg(feature = "sqlite")]
        "sqlite" => AnyBackend::Sqlite(orm_sqlite::connect(url).await?),
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => AnyBackend::Postgres(orm_postgres::connect(url).await?),
        #[cfg(feature = "mysql")]
        "mysql" | "mariadb" => AnyBackend::MySql(orm_mysql::connect(url).await?),
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
