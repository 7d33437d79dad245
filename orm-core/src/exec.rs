//! The only folder that awaits: runs statements and builds models from rows.

mod aggregate;
mod combined;
mod create;
mod database;
pub mod explain;
mod instance;
mod load;
mod log;
mod pool;
mod rows;
mod run;
mod terminal;
mod write;

pub use database::Database;
pub use instance::Instance;
pub use pool::{Pool, Pooled};
pub use rows::Rows;
