//! An async, typed, Django-shaped ORM for embedded SQLite, PostgreSQL, MySQL and MariaDB.
//!
//! Derive [`Model`] on a plain struct; get typed fields, lazy querysets and async terminal methods, the same on every
//! database.
//!
//! ```
//! use orm::prelude::*;
//!
//! #[derive(Model, Debug, Clone)]
//! pub struct Product {
//!     #[field(primary_key)]
//!     pub id: i64,
//!     #[field(max_length = 100)]
//!     pub name: String,
//!     #[field(max_digits = 10, decimal_places = 2)]
//!     pub price: Decimal,
//!     #[field(auto_now_add)]
//!     pub created_at: DateTime<Utc>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> orm::Result<()> {
//! let db = orm::sqlite::connect("sqlite::memory:").await?;
//! db.create_tables(models![Product]).await?;
//!
//! let tea = Product::objects().create(&db, |p| p.name("Tea").price(Decimal::new(499, 2))).await?;
//! assert_eq!(tea.id, 1);
//!
//! let cheap = Product::objects()
//!     .filter(|p| p.price.lt(Decimal::from(10)) & p.name.istartswith("t"))
//!     .order_by(|p| p.price.desc())
//!     .all(&db)
//!     .await?;
//! assert_eq!(cheap.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! A queryset is a value without a connection. Terminal methods ([`QuerySet::all`], [`QuerySet::get`],
//! [`QuerySet::count`], …) take the database as their first argument; a forgotten `.await` is a compiler warning, and a
//! misspelt field, a value of the wrong type or a condition on another model's field does not compile.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `sqlite` (default) | `orm::sqlite`: embedded, nothing to install |
//! | `postgres` | `orm::postgres`, on tokio-postgres |
//! | `mysql` | `orm::mysql`: MySQL and MariaDB, on `mysql_async` |
//! | `debug` | `orm::debug`: a page that shows what the requests of a development server ask the database |
//! | `time`, `jiff` | field types of these crates beside chrono's |
//! | `toml` | fixtures in TOML beside JSON |
#![warn(missing_docs, unreachable_pub)]

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub mod any;
#[cfg(all(doctest, feature = "sqlite"))]
mod guide;
pub mod prelude;
#[doc(hidden)]
pub mod private;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub mod testing;

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use any::{AnyBackend, AnyDatabase, connect, connect_with};
pub use orm_core::backend::{IsolationLevel, LockKey};
pub use orm_core::compile::Dialect;
pub use orm_core::error::{self, DatabaseErrorKind, Error, Result};
pub use orm_core::exec::{
    BulkConflict, BulkCreate, BulkIgnore, BulkKeys, BulkUpdate, BulkUpsert, CreateWith, CursorOptions,
    CursorPage, Database, Deleted, HookOutcome, Instance, NewRelated, NewRow, NewRowOrNone, NewWith, Page,
    PageOptions, Rows, SoftDeleteInstance, Transaction, TransactionBuilder, WithRelated, atomic, prefetch,
};
pub use orm_core::field_values;
pub use orm_core::model::{self, ForeignKey, Model, OneToOne};
// Types that derived code mentions once for each field, at the root: each part of a path costs the user's compiler a little.
#[doc(hidden)]
pub use orm_core::model::draft::{Held as __Held, Same as __Same};
pub use orm_core::queryset::{self, Field, Manager, Many, One, Predicate, Projection, QuerySet};
pub use orm_core::value::{self, Deferred, FieldType, Json};
pub use orm_core::{assert_queries, loaded, models, relation_name};
pub use orm_core::{backend, compile, schema};
pub use orm_derive::{Choices, Factory, FieldType, Model, Projection, raw, sql, test};

#[cfg(feature = "debug")]
pub use orm_debug as debug;
pub use {chrono, rust_decimal, serde_json, uuid};

pub use orm_core::exec::hooks;
pub use orm_core::exec::recorder;

/// Plans of [`QuerySet::explain`]: how a database would run a query.
pub mod explain {
    pub use orm_core::compile::ExplainOptions;
    pub use orm_core::exec::explain::{NodeKind, Nodes, Plan, PlanNode};
}

/// Embedded SQLite.
#[cfg(feature = "sqlite")]
pub mod sqlite {
    pub use orm_sqlite::{Sqlite, SqliteOptions};

    /// The database that a URL names: `sqlite::memory:`, `sqlite:path`, `sqlite:///absolute/path`; parameters such as
    /// `?pool_size=4&busy_timeout=5s` set [`SqliteOptions`].
    ///
    /// # Errors
    /// The URL cannot be used, or the database cannot be opened.
    pub async fn connect(url: &str) -> crate::Result<crate::Database<Sqlite>> {
        Ok(crate::Database::new(orm_sqlite::connect(url).await?))
    }

    /// The database that the options name.
    ///
    /// # Errors
    /// The options contradict each other, or the database cannot be opened.
    pub async fn connect_with(options: SqliteOptions) -> crate::Result<crate::Database<Sqlite>> {
        Ok(crate::Database::new(orm_sqlite::connect_with(options).await?))
    }
}

/// PostgreSQL.
#[cfg(feature = "postgres")]
pub mod postgres {
    pub use orm_postgres::{Postgres, PostgresOptions, TlsMode};

    /// The database that a URL names: `postgres://user:password@host:port/database`; parameters such as
    /// `?pool_size=20&sslmode=verify-full` set [`PostgresOptions`].
    ///
    /// # Errors
    /// The URL cannot be used, or the server cannot be reached.
    pub async fn connect(url: &str) -> crate::Result<crate::Database<Postgres>> {
        Ok(crate::Database::new(orm_postgres::connect(url).await?))
    }

    /// The database that the options name.
    ///
    /// # Errors
    /// The options contradict each other, or the server cannot be reached.
    pub async fn connect_with(options: PostgresOptions) -> crate::Result<crate::Database<Postgres>> {
        Ok(crate::Database::new(orm_postgres::connect_with(options).await?))
    }
}

/// MySQL and MariaDB.
#[cfg(feature = "mysql")]
pub mod mysql {
    pub use orm_mysql::{MySql, MySqlOptions, TlsMode};

    /// The database that a URL names: `mysql://user:password@host:port/database` for either server; parameters such as
    /// `?pool_size=20` set [`MySqlOptions`].
    ///
    /// # Errors
    /// The URL cannot be used, or the server cannot be reached.
    pub async fn connect(url: &str) -> crate::Result<crate::Database<MySql>> {
        Ok(crate::Database::new(orm_mysql::connect(url).await?))
    }

    /// The database that the options name.
    ///
    /// # Errors
    /// The options contradict each other, or the server cannot be reached.
    pub async fn connect_with(options: MySqlOptions) -> crate::Result<crate::Database<MySql>> {
        Ok(crate::Database::new(orm_mysql::connect_with(options).await?))
    }
}
