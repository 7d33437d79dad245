//! A field of a related row, and an expression, where only own fields can be loaded.

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

fn main() {
    let _ = Post::objects().only(|p| (p.id, p.author.username));
    let _ = Post::objects().only(|p| p.views + 1);
}
