//! Text of a type of one's own without a limit in an index.

use orm::prelude::*;

#[derive(FieldType, Clone, Debug)]
struct Slug(String);

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(unique)]
    slug: Slug,
}

fn main() {
    let _ = Post::objects();
}
