//! A row is created without a required field.

use orm::backend::Backend;
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
    subtitle: Option<String>,
}

async fn run<B: Backend>(db: &Database<B>) -> orm::Result<()> {
    Post::objects().create(db, |p| p.title("x")).await?;
    Ok(())
}

fn main() {}
