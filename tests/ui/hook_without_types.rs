//! A hook whose event is not said.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
}

fn untold(db: &Database<orm::sqlite::Sqlite>) -> Database<orm::sqlite::Sqlite> {
    db.with_hooks(|hooks| hooks.before_save::<Post>(async |_, post| post.set(|p| p.id, 1)))
}

fn main() {}
