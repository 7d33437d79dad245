//! The only folder that awaits: runs statements and builds models from rows.

mod aggregate;
mod attempt;
mod bulk;
mod combined;
mod create;
mod cursor_page;
mod database;
mod delete;
pub mod explain;
mod fetch;
mod get_or_create;
mod instance;
mod jitter;
mod load;
mod lock;
mod log;
mod page;
mod pool;
mod prefetch;
mod prefetch_rows;
mod raw;
pub mod recorder;
mod related_set;
mod returning;
mod rows;
mod run;
mod terminal;
mod transaction;
mod upsert;
mod write;

pub use bulk::{BulkConflict, BulkCount, BulkCreate, BulkIgnore, BulkKeys, BulkUpdate, BulkUpsert};
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

pub(crate) use terminal::keys_at_once;
