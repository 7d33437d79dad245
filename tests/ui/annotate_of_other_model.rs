//! Values of another model, a bare value, and too many values stand beside the rows of a model.

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

fn main() {
    let _ = Post::objects().annotate(|p| (p.title, User::fields().username));
    let _ = Post::objects().annotate(|_| 7_i64);
    let _ = Post::objects().annotate(|p| (p.id, p.id, p.id, p.id, p.id, p.id, p.id, p.id, p.id));
}
