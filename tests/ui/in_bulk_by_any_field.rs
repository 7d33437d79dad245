//! Rows are put in a map by what is different in all of them.

use orm::prelude::*;

#[derive(Model)]
struct User {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

async fn by_name<E: orm::backend::Executor>(db: &E) {
    let _ = User::objects().in_bulk_by(db, |u| u.name, ["ann"]).await;
}

fn main() {}
