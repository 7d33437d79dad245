//! Options of a field that do not exist.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_lenght = 200)]
    title: String,
    #[field(null)]
    body: String,
    #[field(one_to_one)]
    parent: ForeignKey<Post>,
    #[field(unique = true)]
    views: i64,
}

fn main() {
    let _ = Post::objects();
}
