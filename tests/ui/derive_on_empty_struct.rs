//! A model has fields.

use orm::prelude::*;

#[derive(Model)]
struct Post {}

fn main() {
    let _ = Post::objects();
}
