//! rusqlite on one connection, called in place: no thread, no pool.

use std::error::Error;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use orm::ForeignKey;
use orm::chrono::NaiveDateTime;
use rusqlite::{Connection, Row, params_from_iter};

use super::{children, joined, parents, together};
use crate::contestant::Contestant;
use crate::model::{Author, Book};

const JOINED: &str = concat!(joined!(), "?");
const PARENTS: &str = concat!(parents!(), "? AND ?");

pub struct RawSqlite(Mutex<Connection>);

impl RawSqlite {
    pub fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(RawSqlite(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().expect("no panic before")
    }
}

fn book(row: &Row<'_>) -> rusqlite::Result<Book> {
    let created_at: NaiveDateTime = row.get(3)?;
    Ok(Book {
        id: row.get(0)?,
        author: ForeignKey::new(row.get::<_, i64>(1)?),
        title: row.get(2)?,
        created_at: created_at.and_utc(),
        stock: row.get(4)?,
    })
}

fn author(row: &Row<'_>, at: usize) -> rusqlite::Result<Author> {
    Ok(Author { id: row.get(at)?, name: row.get(at + 1)?, email: row.get(at + 2)?, active: row.get(at + 3)? })
}

impl Contestant for RawSqlite {
    type Joined = (Book, Author);
    type Parent = (Author, Vec<Book>);

    async fn load_joined(&self, last: i64) -> Vec<(Book, Author)> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(JOINED).expect("a statement");
        let rows = statement.query_map([last], |row| Ok((book(row)?, author(row, 5)?))).expect("rows");
        rows.collect::<rusqlite::Result<_>>().expect("rows")
    }

    async fn load_parents(&self, first: i64, last: i64) -> Vec<(Author, Vec<Book>)> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(PARENTS).expect("a statement");
        let authors = statement.query_map([first, last], |row| author(row, 0)).expect("rows");
        let authors: Vec<Author> = authors.collect::<rusqlite::Result<_>>().expect("rows");
        let text = format!("{}IN ({})", children!(), vec!["?"; authors.len()].join(","));
        let mut statement = connection.prepare_cached(&text).expect("a statement");
        let keys = params_from_iter(authors.iter().map(|author| author.id));
        let books: Vec<Book> =
            statement.query_map(keys, book).expect("rows").collect::<rusqlite::Result<_>>().expect("rows");
        together(authors, books.into_iter())
    }

    fn pair(joined: (Book, Author)) -> (Book, Author) {
        joined
    }

    fn list(parent: (Author, Vec<Book>)) -> (Author, Vec<Book>) {
        parent
    }
}
