//! MySQL (8.0.19 or later) and MariaDB (10.7 or later) for `orm`, over `mysql_async`.
//!
//! [`connect`] gives a [`MySql`], the backend that `orm::mysql::connect` wraps in a database handle. Which of the two
//! servers answers is found at the first connection; the SQL follows it.
//!
//! # Sessions
//!
//! Each connection speaks `utf8mb4`, lives in UTC, and runs in strict mode without zero dates, whatever the server's
//! defaults are. Updates count the rows they *matched*. Values travel only in the binary protocol; the text protocol is
//! kept for transaction commands and DDL. A server that asks for a local file does not get one.
//!
//! # Statement time-outs
//!
//! `statement_timeout` is set in the server (MariaDB: `max_statement_time`, every statement; MySQL:
//! `max_execution_time`, which covers `SELECT` only) and by the client one second later: then the statement is killed
//! and the connection given up. A cursor is bounded per wait for rows and not as a whole, so that a slow consumer is
//! not cut off.
//!
//! # Kinds and columns
//!
//! | kind | parameter | column |
//! |---|---|---|
//! | bool, integers | 64-bit integer | `bool`, `smallint`, `int`, `bigint`, `int unsigned`, `bigint unsigned` |
//! | f32, f64 | `float`, `double` | the same; NaN and infinities are refused before they are sent |
//! | text, bytes, JSON | a string | `varchar`, `longtext`, `longblob`, `json` |
//! | decimal | its digits as text | `decimal(p,s)` |
//! | UUID | 16 bytes; on MariaDB 10.7 or later 36 characters | `binary(16)`; on MariaDB `uuid` |
//! | date, time, datetime, timestamp | the same, instants in UTC | `date`, `time(6)`, `datetime(6)` |
//! | duration | microseconds | `bigint` |
#![warn(missing_docs, unreachable_pub)]

mod advisory;
mod backend;
mod bound;
mod connection;
mod cursor;
mod driver;
mod error;
mod failure;
mod features;
mod options;
mod portal;
mod row;
mod session;
mod session_state;
mod statements;
mod tls;
mod transaction;
mod types;

pub use backend::{MySql, connect, connect_with};
pub use connection::MySqlConnection;
pub use cursor::MySqlCursor;
pub use driver::MySqlDriver;
pub use options::{MySqlOptions, TlsMode};
pub use row::MySqlRow;
pub use session::Session;
