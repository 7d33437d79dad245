//! A primary key that cannot be one.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: f64,
}

fn main() {
    let _ = Post::objects();
}
