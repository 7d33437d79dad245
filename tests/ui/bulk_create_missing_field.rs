//! New rows without one of their required fields.

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

fn drafts(db: &Database<orm::sqlite::Sqlite>) {
    let drafts = ["a", "b"].map(|title| Post::draft().title(title));
    let _ = Post::objects().bulk_create(db, drafts);
}

fn main() {}
