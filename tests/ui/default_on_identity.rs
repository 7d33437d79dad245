//! A default for a key that the database counts.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key, default = 5)]
    id: i64,
}

fn main() {
    let _ = Post::objects();
}
