//! Tests with a database of their own: [`#[orm::test]`](macro@crate::test), and what such a test can do to its database.

mod argument;
mod backend;
mod database;
mod factory;
mod keeper;
mod place;
mod run;
mod server;
mod url;

pub use argument::{Argument, ModelList, NoSetup, Outcome, entries, no_setup};
pub use backend::TestBackend;
pub use database::TestDatabase;
pub use factory::{Factory, Related, RelatedField, Sequence, numbered};
pub use orm_core::exec::testing::{Clock, Fixture, OnCommit};
pub use run::{Options, run, run_at};
