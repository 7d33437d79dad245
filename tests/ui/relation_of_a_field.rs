//! The other side of a field that is no relation.

use orm::prelude::*;

#[derive(Model)]
#[model(has_many(codes = Post::code))]
struct User {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 10, unique)]
    code: String,
}

fn main() {}
