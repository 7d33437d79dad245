//! Many rows at once: as few statements as the database takes, and all of them or none.

mod arrange;
mod chunk;
mod conflict;
mod copy_in;
mod count;
mod create;
mod delete;
mod draft;
mod keys;
mod update;

pub use conflict::{BulkConflict, BulkIgnore, BulkUpsert};
pub use count::BulkCount;
pub use create::BulkCreate;
pub use keys::BulkKeys;
pub use update::BulkUpdate;
