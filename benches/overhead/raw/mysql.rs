//! `mysql_async` in a deadpool without a reset per checkout: statements cached by the driver, columns by position.

use std::error::Error;

use deadpool::managed::{self, Metrics, Pool, RecycleResult};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};
use orm::chrono::NaiveDateTime;
use orm::prelude::Decimal;

use super::columns;
use crate::contestant::Contestant;
use crate::model::{Item, ROWS, table};

const BY_KEY: &str = concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id = ?");
const PAGE: &str =
    concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id > ? AND active = ? ORDER BY id LIMIT 10");
const UP_TO: &str = concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id <= ?");
const VALUES: &str = concat!("SELECT id, name, stock FROM ", table!(), " WHERE id <= ?");
const GROUPS: &str = concat!(
    "SELECT active, COUNT(id), SUM(price) FROM ",
    table!(),
    " WHERE id BETWEEN ? AND ? GROUP BY active ORDER BY active"
);
const INSERT: &str = concat!(
    "INSERT INTO ",
    table!(),
    " (name, active, price, created_at, note, stock) VALUES (?, ?, ?, ?, ?, ?)"
);
const COUNT: &str = concat!("SELECT COUNT(*) FROM ", table!(), " WHERE id BETWEEN ? AND ? AND active = ?");
const UPDATE: &str =
    concat!("UPDATE ", table!(), " SET stock = stock + ? WHERE id BETWEEN ? AND ? AND active = ?");

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

type Columns = (i64, String, bool, Decimal, NaiveDateTime, Option<String>, i32);

fn item((id, name, active, price, created_at, note, stock): Columns) -> Item {
    Item { id, name, active, price, created_at: created_at.and_utc(), note, stock }
}

impl Contestant for RawMySql {
    async fn by_key(&self, key: i64) -> Item {
        let row = self.conn().await.exec_first(BY_KEY, (key,)).await.expect("a row");
        item(row.expect("a row"))
    }

    async fn page(&self, after: i64) -> Vec<Item> {
        self.conn().await.exec_map(PAGE, (after, true), item).await.expect("rows")
    }

    async fn rows(&self, last: i64) -> Vec<Item> {
        self.conn().await.exec_map(UP_TO, (last,), item).await.expect("rows")
    }

    async fn values(&self, last: i64) -> Vec<(i64, String, i32)> {
        self.conn().await.exec(VALUES, (last,)).await.expect("rows")
    }

    async fn groups(&self, after: i64) -> Vec<(bool, i64, Option<Decimal>)> {
        self.conn().await.exec(GROUPS, (after + 1, ROWS)).await.expect("rows")
    }

    async fn insert(&self, like: i64) -> i64 {
        let Item { name, active, price, created_at, note, stock, .. } = Item::numbered(like);
        let mut conn = self.conn().await;
        let values = (name, active, price, created_at.naive_utc(), note, stock);
        conn.exec_drop(INSERT, values).await.expect("an insert");
        i64::try_from(conn.last_insert_id().expect("a key")).expect("a key")
    }

    async fn count(&self, after: i64) -> i64 {
        let row = self.conn().await.exec_first(COUNT, (after + 1, ROWS, true)).await.expect("a count");
        row.expect("a count")
    }

    async fn update(&self, first: i64) -> u64 {
        let mut conn = self.conn().await;
        conn.exec_drop(UPDATE, (1, first, first + 9, true)).await.expect("an update");
        conn.affected_rows()
    }
}
