//! tokio-postgres with deadpool-postgres: statements prepared and cached, columns by position.

use std::error::Error;

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod};
use orm::ForeignKey;
use tokio_postgres::{Config, NoTls, Row};

use super::{children, joined, parents, together};
use crate::contestant::Contestant;
use crate::model::{Author, Book};

const JOINED: &str = concat!(joined!(), "$1");
const PARENTS: &str = concat!(parents!(), "$1 AND $2");
const CHILDREN: &str = concat!(children!(), "= ANY($1)");

pub struct RawPostgres(Pool);

impl RawPostgres {
    pub fn new(url: &str) -> Result<Self, Box<dyn Error>> {
        // Parameters of the URL are meant for the ORM.
        let mut config: Config = url.split('?').next().unwrap_or(url).parse()?;
        // As the ORM's sessions.
        config.options("-c TimeZone=UTC -c statement_timeout=30000");
        let manager =
            Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        Ok(RawPostgres(Pool::builder(manager).max_size(10).build()?))
    }

    async fn client(&self) -> Client {
        self.0.get().await.expect("a connection")
    }
}

fn book(row: &Row) -> Book {
    Book {
        id: row.get(0),
        author: ForeignKey::new(row.get::<_, i64>(1)),
        title: row.get(2),
        created_at: row.get(3),
        stock: row.get(4),
    }
}

fn author(row: &Row, at: usize) -> Author {
    Author { id: row.get(at), name: row.get(at + 1), email: row.get(at + 2), active: row.get(at + 3) }
}

impl Contestant for RawPostgres {
    type Joined = (Book, Author);
    type Parent = (Author, Vec<Book>);

    async fn load_joined(&self, last: i64) -> Vec<(Book, Author)> {
        let client = self.client().await;
        let statement = client.prepare_cached(JOINED).await.expect("a statement");
        let rows = client.query(&statement, &[&last]).await.expect("rows");
        rows.iter().map(|row| (book(row), author(row, 5))).collect()
    }

    async fn load_parents(&self, first: i64, last: i64) -> Vec<(Author, Vec<Book>)> {
        let client = self.client().await;
        let statement = client.prepare_cached(PARENTS).await.expect("a statement");
        let rows = client.query(&statement, &[&first, &last]).await.expect("rows");
        let authors: Vec<Author> = rows.iter().map(|row| author(row, 0)).collect();
        let keys: Vec<i64> = authors.iter().map(|author| author.id).collect();
        let statement = client.prepare_cached(CHILDREN).await.expect("a statement");
        let rows = client.query(&statement, &[&keys]).await.expect("rows");
        together(authors, rows.iter().map(book))
    }

    fn pair(joined: (Book, Author)) -> (Book, Author) {
        joined
    }

    fn list(parent: (Author, Vec<Book>)) -> (Author, Vec<Book>) {
        parent
    }
}
