//! A primary key that may be NULL.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: Option<i64>,
}

fn main() {
    let _ = Post::objects();
}
