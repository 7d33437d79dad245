//! No field is the primary key.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
}

fn main() {
    let _ = Post::objects();
}
