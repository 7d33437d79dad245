//! A length on a type of one's own that is stored as a number.

use orm::prelude::*;

#[derive(FieldType, Clone, Debug)]
struct Views(i64);

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 10)]
    views: Views,
}

fn main() {
    let _ = Post::objects();
}
