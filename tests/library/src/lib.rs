//! Models of a crate of their own: others have relations to them.

pub mod every_option;
pub mod shapes;

use orm::prelude::*;

/// Who writes books.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "library_writer", has_many(books = Book::writer))]
pub struct Writer {
    /// The key.
    #[field(primary_key)]
    pub id: i64,
    /// The name.
    #[field(max_length = 100)]
    pub name: String,
}

/// A book; its key is not a number.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "library_book", has_many(editions = Edition::book))]
pub struct Book {
    /// The key.
    #[field(primary_key, max_length = 13)]
    pub isbn: String,
    /// The title.
    #[field(max_length = 100)]
    pub title: String,
    /// Who has written it.
    pub writer: ForeignKey<Writer>,
}

/// An edition, of which the key has two parts.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "library_edition", primary_key(book, number))]
pub struct Edition {
    /// The book.
    pub book: ForeignKey<Book>,
    /// Which one.
    pub number: i32,
    /// When it appeared.
    pub year: i32,
}
