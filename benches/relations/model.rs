//! Authors and their books.

use orm::chrono::TimeDelta;
use orm::prelude::*;

/// Authors with many books, with the keys from 1 on.
pub const MANY: i64 = 1_000;
/// How many books each of them has.
pub const BOOKS_OF_MANY: i64 = 100;
/// Authors with few books, behind those.
pub const FEW: i64 = 100;
/// How many books each of them has.
pub const BOOKS_OF_FEW: i64 = 10;

/// The tables' names, for the raw side.
macro_rules! authors {
    () => {
        "orm_bench_relations_author"
    };
}
pub(crate) use authors;

macro_rules! books {
    () => {
        "orm_bench_relations_book"
    };
}
pub(crate) use books;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orm_bench_relations_author", has_many(books = Book::author))]
pub struct Author {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    #[field(max_length = 100)]
    pub email: Option<String>,
    pub active: bool,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orm_bench_relations_book")]
pub struct Book {
    #[field(primary_key)]
    pub id: i64,
    pub author: ForeignKey<Author>,
    #[field(max_length = 100)]
    pub title: String,
    pub created_at: DateTime<Utc>,
    pub stock: i32,
}

impl Author {
    /// The author number `id`; the content depends on nothing else.
    pub fn numbered(id: i64) -> Self {
        let email = (id % 2 == 0).then(|| format!("author.{id}@example.org"));
        Author { id, name: format!("Author number {id}"), email, active: id % 10 != 0 }
    }
}

impl Book {
    /// The book number `id` of this author.
    pub fn numbered(id: i64, author: i64) -> Self {
        Book {
            id,
            author: ForeignKey::new(author),
            title: format!("The book with the number {id}"),
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(1_700_000_000 + id * 61),
            stock: i32::try_from(id % 500).unwrap_or_default(),
        }
    }
}
