//! What stands behind `on_delete`.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = protected)]
    parent: ForeignKey<Post>,
    #[field(on_delete = SET)]
    author: ForeignKey<Post>,
    #[field(on_delete = set)]
    editor: ForeignKey<Post>,
    #[field(on_delete = set())]
    owner: ForeignKey<Post>,
    #[field(on_delete = set(1, 2))]
    reviewer: ForeignKey<Post>,
    #[field(on_delete)]
    reader: ForeignKey<Post>,
}

fn main() {}
