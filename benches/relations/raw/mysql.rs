//! `mysql_async` in a deadpool without a reset per checkout: statements cached by the driver, columns by position.

use std::error::Error;

use deadpool::managed::{self, Metrics, Pool, RecycleResult};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, Params, Value};
use orm::ForeignKey;
use orm::chrono::NaiveDateTime;

use super::{children, joined, parents, together};
use crate::contestant::Contestant;
use crate::model::{Author, Book};

const JOINED: &str = concat!(joined!(), "?");
const PARENTS: &str = concat!(parents!(), "? AND ?");

pub struct RawMySql(Pool<Connections>);

struct Connections(Opts);

impl managed::Manager for Connections {
    type Type = Conn;
    type Error = mysql_async::Error;

    async fn create(&self) -> Result<Conn, mysql_async::Error> {
        Conn::new(self.0.clone()).await
    }

    async fn recycle(&self, _: &mut Conn, _: &Metrics) -> RecycleResult<mysql_async::Error> {
        Ok(())
    }
}

impl RawMySql {
    pub fn new(url: &str) -> Result<Self, Box<dyn Error>> {
        let options = OptsBuilder::from_opts(Opts::from_url(url.split('?').next().unwrap_or(url))?)
            .prefer_socket(false)
            .setup(vec!["SET SESSION time_zone = '+00:00'"]);
        Ok(RawMySql(Pool::builder(Connections(options.into())).max_size(10).build()?))
    }

    async fn conn(&self) -> managed::Object<Connections> {
        self.0.get().await.expect("a connection")
    }
}

type BookColumns = (i64, i64, String, NaiveDateTime, i32);
type AuthorColumns = (i64, String, Option<String>, bool);
type JoinedColumns = (i64, i64, String, NaiveDateTime, i32, i64, String, Option<String>, bool);

fn book((id, author, title, created_at, stock): BookColumns) -> Book {
    Book { id, author: ForeignKey::new(author), title, created_at: created_at.and_utc(), stock }
}

fn author((id, name, email, active): AuthorColumns) -> Author {
    Author { id, name, email, active }
}

fn both(
    (id, key, title, created_at, stock, author_id, name, email, active): JoinedColumns,
) -> (Book, Author) {
    (book((id, key, title, created_at, stock)), author((author_id, name, email, active)))
}

impl Contestant for RawMySql {
    type Joined = (Book, Author);
    type Parent = (Author, Vec<Book>);

    async fn load_joined(&self, last: i64) -> Vec<(Book, Author)> {
        self.conn().await.exec_map(JOINED, (last,), both).await.expect("rows")
    }

    async fn load_parents(&self, first: i64, last: i64) -> Vec<(Author, Vec<Book>)> {
        let mut conn = self.conn().await;
        let authors: Vec<Author> = conn.exec_map(PARENTS, (first, last), author).await.expect("rows");
        let text = format!("{}IN ({})", children!(), vec!["?"; authors.len()].join(","));
        let keys = Params::Positional(authors.iter().map(|author| Value::Int(author.id)).collect());
        let books: Vec<Book> = conn.exec_map(text, keys, book).await.expect("rows");
        together(authors, books.into_iter())
    }

    fn pair(joined: (Book, Author)) -> (Book, Author) {
        joined
    }

    fn list(parent: (Author, Vec<Book>)) -> (Author, Vec<Book>) {
        parent
    }
}
