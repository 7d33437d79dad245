//! Text without a limit in an index.

use orm::prelude::*;

#[derive(Model)]
#[model(index(title))]
struct Post {
    #[field(primary_key)]
    id: String,
    #[field(unique)]
    slug: Option<String>,
    title: String,
}

fn main() {
    let _ = Post::objects();
}
