//! The only folder that awaits: runs statements and builds models from rows.

mod aggregate;
mod combined;
mod create;
mod cursor_page;
mod database;
mod delete;
pub mod explain;
mod fetch;
mod instance;
mod jitter;
mod load;
mod log;
mod page;
mod pool;
mod prefetch;
mod prefetch_rows;
mod raw;
mod related_set;
mod rows;
mod run;
mod terminal;
mod transaction;
mod write;

pub use cursor_page::{CursorOptions, CursorPage};
pub use database::Database;
pub use delete::Deleted;
pub use fetch::FetchOptional;
pub use instance::Instance;
pub use page::{Page, PageOptions};
pub use pool::{Pool, Pooled};
pub use prefetch_rows::prefetch;
pub use related_set::RelatedSet;
pub use rows::Rows;
pub use transaction::{HookOutcome, Transaction, TransactionBuilder, TransactionCursor, atomic};
