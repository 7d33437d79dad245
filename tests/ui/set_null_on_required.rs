//! A relation that is never NULL cannot be set to NULL.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = set_null)]
    parent: ForeignKey<Post>,
    #[field(on_delete = protect)]
    author: ForeignKey<Post>,
    #[field(on_delete = cascade)]
    editor_id: i64,
}

fn main() {
    let _ = Post::objects();
}
