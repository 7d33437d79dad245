//! The only folder that awaits: runs statements and builds models from rows.

mod pool;

pub use pool::{Pool, Pooled};
