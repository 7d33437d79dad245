//! What a key is set to is of the field's type.

use orm::prelude::*;

#[derive(Model)]
struct User {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = set(ForeignKey::<Post>::new(1)))]
    author: ForeignKey<User>,
    #[field(on_delete = set(None))]
    editor: ForeignKey<User>,
}

fn main() {}
