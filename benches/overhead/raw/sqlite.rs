//! rusqlite on one connection, called in place: no thread, no pool.

use std::error::Error;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use orm::chrono::NaiveDateTime;
use orm::prelude::Decimal;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
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
/// Prices are text, so that no digit is lost, which SQLite cannot add up: by hand it gets a function for it.
const GROUPS: &str = concat!(
    "SELECT active, COUNT(id), exact_sum(price) FROM ",
    table!(),
    " WHERE id BETWEEN ? AND ? GROUP BY active ORDER BY active"
);
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
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        connection.create_aggregate_function(c"exact_sum", 1, flags, ExactSum)?;
        Ok(RawSqlite(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().expect("no panic before")
    }
}

/// The sum of prices.
struct ExactSum;

impl Aggregate<Option<Decimal>, Option<String>> for ExactSum {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Option<Decimal>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Option<Decimal>) -> rusqlite::Result<()> {
        let Some(price) = context.get_raw(0).as_str_or_null()? else { return Ok(()) };
        let failed = |error| rusqlite::Error::UserFunctionError(Box::new(error));
        let price = Decimal::from_str_exact(price).map_err(failed)?;
        *sum = sum.unwrap_or_default().checked_add(price);
        if sum.is_some() { Ok(()) } else { Err(rusqlite::Error::UserFunctionError("too large".into())) }
    }

    fn finalize(
        &self,
        _: &mut Context<'_>,
        sum: Option<Option<Decimal>>,
    ) -> rusqlite::Result<Option<String>> {
        Ok(sum.flatten().map(|sum| sum.to_string()))
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
        let groups = statement.query_map(params![after + 1, ROWS], |row| {
            let sum = row.get_ref(2)?.as_str_or_null()?;
            Ok((row.get(0)?, row.get(1)?, sum.map(|sum| Decimal::from_str_exact(sum).expect("a sum"))))
        });
        groups.expect("groups").collect::<rusqlite::Result<_>>().expect("a group")
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
