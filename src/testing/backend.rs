//! Which databases tests can run on: those that a URL names.

use std::future::Future;

use orm_core::backend::Backend;
use orm_core::error::Result;
use orm_core::exec::Database;

use crate::any::AnyBackend;

/// A kind of database that a test can have, found by `ORM_TEST_URL`.
#[diagnostic::on_unimplemented(
    message = "tests cannot connect to a `{Self}` by themselves",
    label = "expected `AnyBackend`, or the type of a database that is compiled in",
    note = "take `db: orm::testing::TestDatabase`, whichever database it is"
)]
pub trait TestBackend: Backend {
    /// The database at a URL.
    fn connect(url: &str) -> impl Future<Output = Result<Database<Self>>> + Send;

    /// Whether each call of `connect` gives another database, which goes away by itself.
    ///
    /// # Errors
    /// It does not, and no other can be made beside it.
    fn is_private(url: &str) -> Result<bool>;
}

impl TestBackend for AnyBackend {
    fn connect(url: &str) -> impl Future<Output = Result<Database<Self>>> + Send {
        crate::any::connect(url)
    }

    fn is_private(url: &str) -> Result<bool> {
        #[cfg(feature = "sqlite")]
        if url.starts_with("sqlite:") {
            return <orm_sqlite::Sqlite as TestBackend>::is_private(url);
        }
        // What is wrong with another URL, `connect` says.
        let _ = url;
        Ok(false)
    }
}

#[cfg(feature = "sqlite")]
impl TestBackend for orm_sqlite::Sqlite {
    fn connect(url: &str) -> impl Future<Output = Result<Database<Self>>> + Send {
        crate::sqlite::connect(url)
    }

    fn is_private(url: &str) -> Result<bool> {
        if orm_sqlite::SqliteOptions::parse(url)?.is_memory() {
            return Ok(true);
        }
        Err(orm_core::error::Error::Config(
            "tests run on `sqlite::memory:`: a file would be shared by all of them".into(),
        ))
    }
}

#[cfg(feature = "postgres")]
impl TestBackend for orm_postgres::Postgres {
    fn connect(url: &str) -> impl Future<Output = Result<Database<Self>>> + Send {
        crate::postgres::connect(url)
    }

    fn is_private(_url: &str) -> Result<bool> {
        Ok(false)
    }
}

#[cfg(feature = "mysql")]
impl TestBackend for orm_mysql::MySql {
    fn connect(url: &str) -> impl Future<Output = Result<Database<Self>>> + Send {
        crate::mysql::connect(url)
    }

    fn is_private(_url: &str) -> Result<bool> {
        Ok(false)
    }
}
