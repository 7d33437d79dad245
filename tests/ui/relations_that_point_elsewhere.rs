//! Other sides of relations that do not lead here, or not to one row.

use orm::prelude::*;

#[derive(Model)]
#[model(has_many(comments = Comment::post), has_one(post = Post::author))]
struct User {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<User>,
}

#[derive(Model)]
struct Comment {
    #[field(primary_key)]
    id: i64,
    post: ForeignKey<Post>,
}

fn main() {}
