//! The behaviour suite on Postgres.

mod suite;
mod support;

use support::Postgres as Backend;
