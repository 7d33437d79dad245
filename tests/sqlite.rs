//! The behaviour suite on Sqlite.

mod suite;
mod support;

use support::Sqlite as Backend;
