//! A field's type is cloned and shown when one debugs.

use orm::prelude::*;

#[derive(Choices)]
enum Status {
    Draft,
    Published,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    status: Status,
}

fn main() {}
