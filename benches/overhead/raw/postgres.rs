//! tokio-postgres with deadpool-postgres: statements prepared and cached, columns by position.

use std::error::Error;

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod};
use orm::prelude::Decimal;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row};

use super::columns;
use crate::contestant::Contestant;
use crate::model::{Item, ROWS, table};

const BY_KEY: &str = concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id = $1");
const PAGE: &str =
    concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id > $1 AND active = $2 ORDER BY id LIMIT 10");
const UP_TO: &str = concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id <= $1");
const VALUES: &str = concat!("SELECT id, name, stock FROM ", table!(), " WHERE id <= $1");
const GROUPS: &str = concat!(
    "SELECT active, COUNT(id), SUM(price) FROM ",
    table!(),
    " WHERE id BETWEEN $1 AND $2 GROUP BY active ORDER BY active"
);
const INSERT: &str = concat!(
    "INSERT INTO ",
    table!(),
    " (name, active, price, created_at, note, stock) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"
);
const COUNT: &str = concat!("SELECT count(*) FROM ", table!(), " WHERE id BETWEEN $1 AND $2 AND active = $3");
const UPDATE: &str =
    concat!("UPDATE ", table!(), " SET stock = stock + $1 WHERE id BETWEEN $2 AND $3 AND active = $4");

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

fn item(row: &Row) -> Item {
    Item {
        id: row.get(0),
        name: row.get(1),
        active: row.get(2),
        price: row.get(3),
        created_at: row.get(4),
        note: row.get(5),
        stock: row.get(6),
    }
}

impl Contestant for RawPostgres {
    async fn by_key(&self, key: i64) -> Item {
        let client = self.client().await;
        let statement = client.prepare_cached(BY_KEY).await.expect("a statement");
        item(&client.query_one(&statement, &[&key]).await.expect("a row"))
    }

    async fn page(&self, after: i64) -> Vec<Item> {
        let client = self.client().await;
        let statement = client.prepare_cached(PAGE).await.expect("a statement");
        client.query(&statement, &[&after, &true]).await.expect("rows").iter().map(item).collect()
    }

    async fn rows(&self, last: i64) -> Vec<Item> {
        let client = self.client().await;
        let statement = client.prepare_cached(UP_TO).await.expect("a statement");
        client.query(&statement, &[&last]).await.expect("rows").iter().map(item).collect()
    }

    async fn values(&self, last: i64) -> Vec<(i64, String, i32)> {
        let client = self.client().await;
        let statement = client.prepare_cached(VALUES).await.expect("a statement");
        let rows = client.query(&statement, &[&last]).await.expect("rows");
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    }

    async fn groups(&self, after: i64) -> Vec<(bool, i64, Option<Decimal>)> {
        let client = self.client().await;
        let statement = client.prepare_cached(GROUPS).await.expect("a statement");
        let rows = client.query(&statement, &[&(after + 1), &ROWS]).await.expect("rows");
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    }

    async fn insert(&self, like: i64) -> i64 {
        let item = Item::numbered(like);
        let client = self.client().await;
        let statement = client.prepare_cached(INSERT).await.expect("a statement");
        let values: [&(dyn ToSql + Sync); 6] =
            [&item.name, &item.active, &item.price, &item.created_at, &item.note, &item.stock];
        client.query_one(&statement, &values).await.expect("an insert").get(0)
    }

    async fn count(&self, after: i64) -> i64 {
        let client = self.client().await;
        let statement = client.prepare_cached(COUNT).await.expect("a statement");
        client.query_one(&statement, &[&(after + 1), &ROWS, &true]).await.expect("a count").get(0)
    }

    async fn update(&self, first: i64) -> u64 {
        let client = self.client().await;
        let statement = client.prepare_cached(UPDATE).await.expect("a statement");
        client.execute(&statement, &[&1_i32, &first, &(first + 9), &true]).await.expect("an update")
    }
}
