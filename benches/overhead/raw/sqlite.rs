//! rusqlite on one connection, called in place: no thread, no pool.

use std::error::Error;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use orm::chrono::NaiveDateTime;
use orm::prelude::Decimal;
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, Row, params};

use super::columns;
use crate::contestant::Contestant;
use crate::model::{Item, ROWS, table};

const BY_KEY: &str = concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id = ?");
const PAGE: &str =
    concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id > ? AND active = ? ORDER BY id LIMIT 10");
const UP_TO: &str = concat!("SELECT ", columns!(), " FROM ", table!(), " WHERE id <= ?");
const VALUES: &str = concat!("SELECT id, name, stock FROM ", table!(), " WHERE id <= ?");
/// Prices are text, so that no digit is lost; by hand they are added up here.
const GROUPS: &str = concat!("SELECT active, price FROM ", table!(), " WHERE id BETWEEN ? AND ?");
const INSERT: &str = concat!(
    "INSERT INTO ",
    table!(),
    " (name, active, price, created_at, note, stock) VALUES (?, ?, ?, ?, ?, ?) RETURNING id"
);
const COUNT: &str = concat!("SELECT COUNT(*) FROM ", table!(), " WHERE id BETWEEN ? AND ? AND active = ?");
const UPDATE: &str =
    concat!("UPDATE ", table!(), " SET stock = stock + ? WHERE id BETWEEN ? AND ? AND active = ?");

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

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let created_at: NaiveDateTime = row.get(4)?;
    let price = Decimal::from_str_exact(row.get_ref(3)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(3, Type::Text, FromSqlError::other(error).into())
    })?;
    Ok(Item {
        id: row.get(0)?,
        name: row.get(1)?,
        active: row.get(2)?,
        price,
        created_at: created_at.and_utc(),
        note: row.get(5)?,
        stock: row.get(6)?,
    })
}

impl Contestant for RawSqlite {
    async fn by_key(&self, key: i64) -> Item {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(BY_KEY).expect("a statement");
        statement.query_row([key], item).expect("a row")
    }

    async fn page(&self, after: i64) -> Vec<Item> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(PAGE).expect("a statement");
        let rows = statement.query_map(params![after, true], item).expect("rows");
        rows.collect::<rusqlite::Result<_>>().expect("rows")
    }

    async fn rows(&self, last: i64) -> Vec<Item> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(UP_TO).expect("a statement");
        let rows = statement.query_map([last], item).expect("rows");
        rows.collect::<rusqlite::Result<_>>().expect("rows")
    }

    async fn values(&self, last: i64) -> Vec<(i64, String, i32)> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(VALUES).expect("a statement");
        let rows = statement.query_map([last], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.expect("rows").collect::<rusqlite::Result<_>>().expect("rows")
    }

    async fn groups(&self, after: i64) -> Vec<(bool, i64, Option<Decimal>)> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(GROUPS).expect("a statement");
        let mut rows = statement.query(params![after + 1, ROWS]).expect("rows");
        let mut groups = [(false, 0, Decimal::ZERO), (true, 0, Decimal::ZERO)];
        while let Some(row) = rows.next().expect("a row") {
            let active: bool = row.get(0).expect("a flag");
            let price = row.get_ref(1).expect("a price").as_str().expect("a text");
            let group = &mut groups[usize::from(active)];
            group.1 += 1;
            group.2 += Decimal::from_str_exact(price).expect("a price");
        }
        groups
            .into_iter()
            .filter(|group| group.1 > 0)
            .map(|(key, count, sum)| (key, count, Some(sum)))
            .collect()
    }

    async fn insert(&self, like: i64) -> i64 {
        let Item { name, active, price, created_at, note, stock, .. } = Item::numbered(like);
        let connection = self.connection();
        let mut statement = connection.prepare_cached(INSERT).expect("a statement");
        // Six places, as the ORM writes them: texts sort as instants only when they are of one length.
        let created_at = created_at.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
        let values = params![name, active, price.to_string(), created_at, note, stock];
        statement.query_row(values, |row| row.get(0)).expect("an insert")
    }

    async fn count(&self, after: i64) -> i64 {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(COUNT).expect("a statement");
        statement.query_row(params![after + 1, ROWS, true], |row| row.get(0)).expect("a count")
    }

    async fn update(&self, first: i64) -> u64 {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(UPDATE).expect("a statement");
        statement.execute(params![1, first, first + 9, true]).expect("an update") as u64
    }
}
