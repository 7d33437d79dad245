//! The behaviour suite on MySQL or MariaDB: one program for both, because it takes minutes to build. It runs on the server of
//! `ORM_TEST_MYSQL_URL`, or else on that of `ORM_TEST_MARIADB_URL`; `cargo xtask test` runs it on each.

// It is the same that `sqlite.rs` has, where it is linted: that takes a minute.
#![cfg(not(clippy))]

mod suite;
mod support;

use support::MySql as Backend;
