//! Runs an example.

use std::pin::Pin;

use orm::sqlite::Sqlite;
use orm::{Database, Result};

/// A database, boxed before an example's own code meets it: what made its rows is compiled here.
pub(crate) type Seeded = Pin<Box<dyn Future<Output = Result<Database<Sqlite>>>>>;

/// Makes the rows, then runs the example on them.
pub(crate) fn run(seeded: Seeded, example: impl AsyncFnOnce(Database<Sqlite>) -> Result<()>) -> Result<()> {
    finish(Box::pin(async { example(seeded.await?).await }))
}

/// Not generic, so that the runtime is compiled here, too.
fn finish(example: Pin<Box<dyn Future<Output = Result<()>> + '_>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(example)
}
