//! Functions that are no hooks.

use orm::hooks::{AfterSave, BeforeSave};
use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    title: String,
}

type Sqlite = orm::sqlite::Sqlite;

fn wrong_event(db: &Database<Sqlite>) -> Database<Sqlite> {
    db.with_hooks(|hooks| hooks.before_save(async |_: &Transaction<_>, _: &mut AfterSave<Post>| Ok(())))
}

fn not_async(db: &Database<Sqlite>) -> Database<Sqlite> {
    db.with_hooks(|hooks| hooks.before_save(|_: &Transaction<_>, _: &mut BeforeSave<Post>| Ok(())))
}

fn a_type(db: &Database<Sqlite>) -> Database<Sqlite> {
    struct Stamp;
    db.with_hooks(|hooks| hooks.attach::<BeforeSave<Post>>(Stamp))
}

fn main() {}
