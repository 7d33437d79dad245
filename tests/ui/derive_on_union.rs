//! A model is a struct.

use orm::prelude::*;

#[derive(Model)]
union Post {
    id: i64,
}

fn main() {
    let _ = Post::objects();
}
