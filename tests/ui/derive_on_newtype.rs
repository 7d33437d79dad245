//! A newtype is a field, not a model.

use orm::prelude::*;

#[derive(Model)]
struct Post(i64);

fn main() {
    let _ = Post::objects();
}
