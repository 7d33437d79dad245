//! A field of a projection has a type that no column has.

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

struct AuthorCard;

#[derive(Projection)]
#[projection(Post)]
struct PostCard {
    id: i64,
    author: AuthorCard,
}

fn main() {
    let _ = Post::objects().project::<PostCard>();
}
