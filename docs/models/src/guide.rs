//! Those of the guide's chapters.

pub mod blog;
pub mod deleting;
pub mod relations;
pub mod soft_delete;
