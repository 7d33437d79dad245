//! A field that the query did not load.

use orm::prelude::*;

#[derive(Model)]
struct User {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 150)]
    username: String,
    email: Option<String>,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<User>,
    #[field(max_length = 200)]
    title: String,
    #[field(default = 0)]
    views: i64,
    body: Deferred<String>,
    subtitle: Option<String>,
}

async fn titles(db: &Database<orm::AnyBackend>) -> orm::Result<()> {
    let rows = Post::objects().only(|p| (p.id, p.title)).all(db).await?;
    rows[0].title();
    rows[0].views();
    Ok(())
}

fn main() {
    let _ = titles;
}
