//! A generated column is calculated, not given; and what it is has the field's type.

use orm::prelude::*;

#[derive(Model)]
struct Line {
    #[field(primary_key)]
    id: i64,
    price: i64,
    #[field(generated = |l| l.price + 1)]
    total: i64,
}

#[derive(Model)]
struct Other {
    #[field(primary_key)]
    id: i64,
    name: String,
    #[field(generated = |o| o.name.lower())]
    total: i64,
}

async fn write(db: &Database<orm::sqlite::Sqlite>) -> orm::Result<()> {
    Line::objects().create(db, |l| l.price(2).total(3)).await?;
    Line::objects().update(db, |l| l.total.set(3)).await?;
    Ok(())
}

fn main() {
    let _ = write;
}
