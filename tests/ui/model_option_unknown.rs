//! Options of a model that do not exist.

use orm::prelude::*;

#[derive(Model)]
#[model(tabel = "blog_post", frobnicate, has_many(comments = Comment::post))]
struct Post {
    #[field(primary_key)]
    id: i64,
}

fn main() {
    let _ = Post::objects();
}
