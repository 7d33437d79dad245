//! The socket in the wall: traits that a driver crate implements. Everything is dispatched statically;
//! only a row sink is boxed, so that a driver's async code is compiled once and not once per model.

mod connection;
mod deadline;
mod driver;
mod executor;
mod lock_key;
mod observed;
mod sink;
pub mod url;

pub use connection::{Connection, Cursor, Executed, Fetched, IsolationLevel, Portal, TransactionOptions};
pub use deadline::{Deadline, Elapsed};
pub use driver::{Driver, PoolOptions, PoolStatus, PooledConnection};
pub use executor::{Attached, Backend, Block, Executor};
pub use lock_key::LockKey;
pub use observed::Observed;
pub use sink::{BoxSink, Decode, Queries, RowSink, collect, into_collected};
pub(crate) use sink::{Expected, Take, collected, into_row, into_rows};
pub(crate) use sink::{into_kept, keep};
