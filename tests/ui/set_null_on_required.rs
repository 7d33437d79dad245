//! A relation that is never NULL cannot be set to NULL.

use orm::prelude::*;

#[derive(Model)]
#[model(foreign_key(next(next_id) = Post, on_delete = set_null))]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = set_null)]
    parent: ForeignKey<Post>,
    #[field(on_delete = set_default)]
    author: ForeignKey<Post>,
    #[field(on_delete = cascade)]
    editor_id: i64,
    next_id: i64,
}

fn main() {
    let _ = Post::objects();
}
