//! JSON documents are equal or not, but have no order, neither in a newtype.

use orm::prelude::*;

#[derive(FieldType, Clone, Debug)]
struct Tags(Json<Vec<String>>);

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    tags: Tags,
}

fn main() {
    let _ = Post::objects().filter(|p| p.tags.gt(Tags(Json(vec![]))));
}
