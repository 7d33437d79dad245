//! What runs on commit gives nothing, or a `Result` with nothing in it.

use orm::backend::Backend;
use orm::prelude::*;

async fn announce() -> u64 {
    7
}

async fn announced<B: Backend>(db: &Database<B>) -> orm::Result<()> {
    db.atomic(async |tx| {
        tx.on_commit(async { announce().await });
        Ok(())
    })
    .await
}

fn main() {}
