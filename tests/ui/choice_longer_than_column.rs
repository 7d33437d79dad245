//! A choice that its column has no room for.

use orm::prelude::*;

#[derive(Choices, Clone, Debug)]
enum Status {
    Draft,
    Published,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 6)]
    status: Status,
}

fn main() {}
