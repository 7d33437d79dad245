//! Two fields are the primary key.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    order: i64,
    #[field(primary_key)]
    product: i64,
}

fn main() {
    let _ = Post::objects();
}
