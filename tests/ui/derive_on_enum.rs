//! A model is a struct.

use orm::prelude::*;

#[derive(Model)]
enum Post {
    Draft,
}

fn main() {
    let _ = Post::objects();
}
