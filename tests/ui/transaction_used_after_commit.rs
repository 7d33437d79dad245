//! A transaction that was committed is gone.

use orm::backend::Backend;
use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
}

async fn twice<B: Backend>(db: &Database<B>) -> orm::Result<()> {
    let tx = db.begin().await?;
    tx.commit().await?;
    Post::objects().delete(&tx).await?;
    Ok(())
}

fn main() {}
