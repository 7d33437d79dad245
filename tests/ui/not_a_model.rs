//! A relation to something that is not a model.

use orm::prelude::*;

struct User {
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<User>,
}

fn main() {}
