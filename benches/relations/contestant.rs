//! What a contestant can do, and the ORM as one.

use orm::backend::Backend;
use orm::prelude::*;

use crate::model::{Author, AuthorWithBooks, Book, BookWithAuthor};

/// One way to do the work.
pub trait Contestant: Send + Sync + 'static {
    /// A book with its author.
    type Joined: Send;
    /// An author with their books.
    type Parent: Send;

    /// The books with keys up to `last`, with their authors, by a JOIN.
    fn load_joined(&self, last: i64) -> impl Future<Output = Vec<Self::Joined>> + Send;

    /// The authors with keys from `first` to `last`, with their books, by two queries.
    fn load_parents(&self, first: i64, last: i64) -> impl Future<Output = Vec<Self::Parent>> + Send;

    /// What was loaded, to be compared.
    fn pair(joined: Self::Joined) -> (Book, Author);

    /// What was loaded, to be compared.
    fn list(parent: Self::Parent) -> (Author, Vec<Book>);
}

/// The ORM on one database.
pub struct Orm<B: Backend>(pub Database<B>);

impl<B: Backend> Contestant for Orm<B> {
    type Joined = BookWithAuthor;
    type Parent = AuthorWithBooks;

    async fn load_joined(&self, last: i64) -> Vec<BookWithAuthor> {
        let books = Book::objects().filter(|b| b.id.le(last)).select_related(|b| b.author);
        books.all(&self.0).await.expect("rows")
    }

    async fn load_parents(&self, first: i64, last: i64) -> Vec<AuthorWithBooks> {
        let authors = Author::objects().filter(|a| a.id.between(first, last)).prefetch_related(|a| a.books);
        authors.all(&self.0).await.expect("rows")
    }

    fn pair(joined: BookWithAuthor) -> (Book, Author) {
        let author = joined.author().clone();
        (joined.into_row(), author)
    }

    fn list(parent: AuthorWithBooks) -> (Author, Vec<Book>) {
        let books = parent.books().clone();
        (parent.into_row(), books)
    }
}
