//! Fields of two models in one expression.

use orm::prelude::*;

#[derive(Model)]
struct User {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    views: i64,
}

fn main() {
    let _ = Post::objects().filter(|p| orm::sql!(bool, "{p.id} > {User::fields().id}"));
    let _ = Post::objects().filter(|_| orm::sql!(bool, "{User::fields().id} > 1"));
    let _ = Post::objects().filter(|p| orm::sql!(i64, "{p.views} + 1"));
}
