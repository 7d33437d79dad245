//! The table and its rows.

use std::error::Error;
use std::fmt::Write;

use orm::backend::Backend;
use orm::prelude::*;
use orm::{Database, models};

use crate::model::{Item, ROWS};

/// Drops the table.
pub async fn drop_tables<B: Backend>(db: &Database<B>) -> orm::Result<()> {
    db.drop_tables(models![Item]).await
}

/// Makes the table and its first rows.
pub async fn fill<B: Backend>(db: &Database<B>) -> Result<(), Box<dyn Error>> {
    // What an interrupted run has left behind.
    drop_tables(db).await?;
    db.create_tables(models![Item]).await?;
    let mut insert = String::new();
    for id in 1..=ROWS {
        let Item { name, active, price, created_at, note, stock, .. } = Item::numbered(id);
        insert.push_str(if insert.is_empty() { INSERT } else { ", " });
        let note = note.map_or_else(|| "NULL".to_owned(), |note| format!("'{note}'"));
        let active =
            if db.dialect() == Dialect::Postgres { active.to_string() } else { u8::from(active).to_string() };
        let at = created_at.format("%Y-%m-%d %H:%M:%S%.6f");
        write!(insert, "('{name}', {active}, '{price}', '{at}', {note}, {stock})")?;
        if id % 1_000 == 0 {
            orm::backend::Executor::batch(db, &std::mem::take(&mut insert)).await?;
        }
    }
    if db.dialect() == Dialect::Postgres {
        let analyze = concat!("VACUUM ANALYZE ", crate::model::table!());
        orm::backend::Executor::batch(db, analyze).await?;
    }
    Ok(())
}

const INSERT: &str = concat!(
    "INSERT INTO ",
    crate::model::table!(),
    " (name, active, price, created_at, note, stock) VALUES "
);
