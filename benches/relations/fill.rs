//! The tables and their rows.

use std::error::Error;

use orm::backend::{Backend, Executor};
use orm::prelude::*;
use orm::{Database, models};

use crate::model::{Author, BOOKS_OF_FEW, BOOKS_OF_MANY, Book, FEW, MANY, authors, books};

/// Drops the tables.
pub async fn drop_tables<B: Backend>(db: &Database<B>) -> orm::Result<()> {
    db.drop_tables(models![Author, Book]).await
}

/// Makes the tables and their rows.
pub async fn fill<B: Backend>(db: &Database<B>) -> Result<(), Box<dyn Error>> {
    // What an interrupted run has left behind.
    drop_tables(db).await?;
    db.create_tables(models![Author, Book]).await?;
    let all = (1..=MANY + FEW).map(Author::numbered);
    let drafts = all.map(|a| Author::draft().id(a.id).name(a.name).email(a.email).active(a.active));
    Author::objects().bulk_create(db, drafts).await?;
    let owners = (1..=MANY)
        .flat_map(|author| std::iter::repeat_n(author, usize::try_from(BOOKS_OF_MANY).unwrap_or_default()))
        .chain((MANY + 1..=MANY + FEW).flat_map(|author| {
            std::iter::repeat_n(author, usize::try_from(BOOKS_OF_FEW).unwrap_or_default())
        }));
    let all: Vec<Book> = (1..).zip(owners).map(|(id, author)| Book::numbered(id, author)).collect();
    for part in all.chunks(10_000) {
        let drafts = part.iter().cloned().map(|b| {
            Book::draft().id(b.id).author(b.author).title(b.title).created_at(b.created_at).stock(b.stock)
        });
        Book::objects().bulk_create(db, drafts).await?;
    }
    if db.dialect() == Dialect::Postgres {
        Executor::batch(db, concat!("VACUUM ANALYZE ", authors!())).await?;
        Executor::batch(db, concat!("VACUUM ANALYZE ", books!())).await?;
    }
    Ok(())
}
