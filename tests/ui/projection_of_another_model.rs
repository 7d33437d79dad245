//! A query for one model, a projection of another; a struct that is none.

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

#[derive(Projection)]
#[projection(User)]
struct UserCard {
    username: String,
}

struct PostCard {
    title: String,
}

fn main() {
    let _ = Post::objects().project::<UserCard>();
    let _ = Post::objects().project::<PostCard>();
}
