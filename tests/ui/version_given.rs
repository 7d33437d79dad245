//! A version is counted, not given.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    title: String,
    #[field(version)]
    version: i32,
}

async fn write(db: &Database<orm::sqlite::Sqlite>) -> orm::Result<()> {
    Post::objects().create(db, |p| p.title("Tea").version(1)).await?;
    Post::objects().update(db, |p| p.version.set(1)).await?;
    Ok(())
}

fn main() {
    let _ = write;
}
