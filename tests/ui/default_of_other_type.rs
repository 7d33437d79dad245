//! A default of another type.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(default = "none")]
    views: i64,
    #[field(default = String::new())]
    likes: i64,
    #[field(db_default = "zero")]
    shares: i64,
}

fn main() {
    let _ = Post::objects();
}
