//! The one source of truth: how the library behaves, the same on every database.

mod any_database;
mod chinook;
mod concurrency;
mod connecting;
mod create;
mod defaults;
mod distinct;
mod errors;
mod explain;
mod filter;
mod filter_large;
mod keys;
mod lookup_text;
mod naming;
mod order;
mod paths;
mod property;
mod save;
mod schema;
mod slice;
mod stream;
mod terminal;
mod update;
mod values;
