//! The one source of truth: how the library behaves, the same on every database.

mod chinook;
mod create;
mod property;
