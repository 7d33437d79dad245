//! Copies Django's rows into tables that `orm` made: on SQLite it stores decimals in a form of its own.

use orm::prelude::*;
use orm::{Instance, Model, Result};

use crate::answer::Db;
use crate::models::{
    Author, Book, BookTag, Category, Country, Deal, Hearing, Record, Review, Sale, Scratch, Singer, Song, Tag,
};

/// A new database at `url` with the tables and rows of `from`.
pub async fn copy(from: &Db, url: &str) -> Result<Db> {
    let to = orm::connect(url).await?;
    to.create_tables(models![Country, Author, Category, Book, Tag, BookTag, Review, Sale, Scratch]).await?;
    to.create_tables(models![Singer, Record, Song, Hearing, Deal]).await?;
    table::<Country>(from, &to).await?;
    table::<Author>(from, &to).await?;
    table::<Category>(from, &to).await?;
    table::<Book>(from, &to).await?;
    table::<Tag>(from, &to).await?;
    table::<BookTag>(from, &to).await?;
    table::<Review>(from, &to).await?;
    table::<Sale>(from, &to).await?;
    Ok(to)
}

/// Rows in the order of their keys: those that others point at come first.
async fn table<M: Model>(from: &Db, to: &Db) -> Result<()> {
    for mut row in QuerySet::<M>::new().reverse().reverse().all(from).await? {
        row.save(to).await?;
    }
    Ok(())
}
