//! A length where there is none.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 10)]
    views: i64,
}

fn main() {
    let _ = Post::objects();
}
