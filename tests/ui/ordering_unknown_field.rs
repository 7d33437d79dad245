//! An order names a field that does not exist.

use orm::prelude::*;

#[derive(Model)]
#[model(ordering = [-created, titel], index(autor), unique(name = "x", fields(id, id)))]
struct Post {
    #[field(primary_key)]
    id: i64,
    title: String,
    views: i64,
}

fn main() {
    let _ = Post::objects();
}
