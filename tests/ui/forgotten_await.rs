//! A terminal method without `.await` does nothing: a warning, here turned into an error.

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
    Ok(())
}

fn main() {}
