//! A model has named fields.

use orm::prelude::*;

#[derive(Model)]
struct Post(i64, String);

fn main() {
    let _ = Post::objects();
}
