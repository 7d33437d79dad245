//! Rows become models, values and tuples.

use orm::prelude::*;

struct Row {
    id: i64,
}

async fn read(db: &Database<orm::sqlite::Sqlite>) -> orm::Result<()> {
    let rows = orm::raw!("SELECT id FROM post").fetch::<Row>(db).await?;
    let _ = rows[0].id;
    Ok(())
}

fn main() {
    let _ = read;
}
