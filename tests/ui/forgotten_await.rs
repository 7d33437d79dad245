//! What runs nothing without `.await`, or is undone when it is dropped: warnings, here turned into errors.

#![deny(unused_must_use)]

use orm::backend::Backend;
use orm::prelude::*;

#[derive(Model, Debug)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 200)]
    title: String,
}

async fn forgotten<B: Backend>(db: &Database<B>) -> orm::Result<()> {
    Post::objects().filter(|p| p.title.eq("x")).delete(db);
    Post::objects().create(db, |p| p.title("x"));
    Post::objects().bulk_create(db, [Post::draft().title("x")]);
    Post::objects().filter(|p| p.title.eq("x"));
    db.atomic(async |tx| Post::objects().delete(tx).await);
    db.transaction().read_only();
    db.begin().await?;
    Ok(())
}

fn main() {}
