//! PostgreSQL driver of `orm`, over tokio-postgres.
//!
//! [`connect`] takes a URL and gives a [`Postgres`], the backend that `orm`'s `Database` is made of;
//! [`PostgresOptions`] is the same with types instead of text.
//!
//! ```no_run
//! # async fn example() -> orm_core::Result<()> {
//! let backend = orm_postgres::connect("postgres://ann:secret@localhost/shop?pool_size=20").await?;
//! # Ok(()) }
//! ```
//!
//! What a connection promises:
//!
//! - Statements are prepared once per connection and kept by their text (the least recently used are closed);
//!   running a kept one takes one round trip.
//! - Rows are decoded while they arrive. A cursor's rows wait in the network, never in memory.
//! - A connection goes back to the pool only when its state is known: a dropped future, an open transaction,
//!   a `SET ROLE` or a lost reply ends it, and what still ran in the server is cancelled.
//! - TLS with verified certificates to any other machine, unless the URL says otherwise.
#![warn(missing_docs, unreachable_pub)]

mod backend;
mod client;
mod connection;
mod cursor;
mod driver;
mod error;
mod numeric;
mod options;
mod row;
mod session_state;
mod statement_cache;
mod tls;
mod types;
mod url;

pub use backend::{Postgres, connect, connect_with};
pub use client::PgClient;
pub use connection::PgConnection;
pub use cursor::PgCursor;
pub use driver::PgDriver;
pub use options::{PostgresOptions, TlsMode};
pub use row::PgRow;
