//! SQLite driver of orm.
