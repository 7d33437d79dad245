//! A hook that needs something at hand is a type.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use orm::hooks::AfterSave;
use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
}

fn counting(db: &Database<orm::sqlite::Sqlite>, count: Arc<AtomicU64>) -> Database<orm::sqlite::Sqlite> {
    db.with_hooks(|hooks| {
        hooks.after_save(async move |_: &Transaction<_>, _: &mut AfterSave<Post>| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
    })
}

fn main() {}
