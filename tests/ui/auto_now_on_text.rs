//! The time of saving in a field for text.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(auto_now)]
    updated_at: String,
}

fn main() {
    let _ = Post::objects();
}
