//! The behaviour suite on Postgres.

// It is the same that `sqlite.rs` has, where it is linted: that takes a minute.
#![cfg(not(clippy))]

mod suite;
mod support;

use support::Postgres as Backend;
