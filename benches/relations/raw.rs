//! The other side: what a good engineer writes by hand for each driver.

use std::collections::HashMap;

use crate::model::{Author, Book};

#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

/// The columns in the order in which they are read.
macro_rules! joined {
    () => {
        concat!(
            "SELECT b.id, b.author_id, b.title, b.created_at, b.stock, a.id, a.name, a.email, a.active FROM ",
            crate::model::books!(),
            " b JOIN ",
            crate::model::authors!(),
            " a ON a.id = b.author_id WHERE b.id <= "
        )
    };
}
pub(crate) use joined;

/// The authors with keys in a range.
macro_rules! parents {
    () => {
        concat!("SELECT id, name, email, active FROM ", crate::model::authors!(), " WHERE id BETWEEN ")
    };
}
pub(crate) use parents;

/// The books of some authors.
macro_rules! children {
    () => {
        concat!(
            "SELECT id, author_id, title, created_at, stock FROM ",
            crate::model::books!(),
            " WHERE author_id "
        )
    };
}
pub(crate) use children;

/// Puts books where they belong.
pub fn together(authors: Vec<Author>, books: impl Iterator<Item = Book>) -> Vec<(Author, Vec<Book>)> {
    let places: HashMap<i64, usize> =
        authors.iter().enumerate().map(|(at, author)| (author.id, at)).collect();
    let mut parents: Vec<(Author, Vec<Book>)> =
        authors.into_iter().map(|author| (author, Vec::new())).collect();
    for book in books {
        if let Some(&at) = places.get(book.author.key()) {
            parents[at].1.push(book);
        }
    }
    parents
}
