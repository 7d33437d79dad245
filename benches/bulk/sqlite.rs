//! rusqlite: a prepared statement for each row, in one transaction.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use orm::backend::Backend;
use orm::{Database, models};
use rusqlite::{Connection, TransactionBehavior, params};

use crate::contestant::{Contestant, Outcome};
use crate::model::{Item, table};

const INSERT: &str = concat!(
    "INSERT INTO ",
    table!(),
    " (name, active, price, created_at, note, stock) VALUES (?, ?, ?, ?, ?, ?)"
);
const UPDATE: &str = concat!("UPDATE ", table!(), " SET stock = ?, price = ? WHERE id = ?");
const ADD: &str = concat!("UPDATE ", table!(), " SET stock = stock + 1 WHERE id = ?");

pub struct RawSqlite(Mutex<Connection>);

impl RawSqlite {
    pub fn open(path: &Path) -> Outcome<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(concat!(
            "CREATE TABLE ",
            table!(),
            " (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, active INTEGER NOT NULL, price TEXT NOT NULL, \
             created_at TEXT NOT NULL, note TEXT, stock INTEGER NOT NULL) STRICT"
        ))?;
        Ok(RawSqlite(Mutex::new(connection)))
    }
}

impl Contestant for RawSqlite {
    type New = Item;

    fn new_row(item: &Item) -> Item {
        item.clone()
    }

    async fn create_table<B: Backend>(&self, db: &Database<B>) -> Outcome {
        // It has a file of its own.
        Ok(db.create_tables(models![Item]).await?)
    }

    async fn clear(&self) -> Outcome {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .execute(concat!("DELETE FROM ", table!()), [])?;
        Ok(())
    }

    async fn insert(&self, items: Vec<Item>) -> Outcome<Vec<i64>> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let mut keys = Vec::with_capacity(items.len());
        {
            let mut statement = transaction.prepare_cached(INSERT)?;
            for item in &items {
                let created = item.created_at.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
                let price = item.price.to_string();
                keys.push(statement.insert(params![
                    item.name,
                    item.active,
                    price,
                    created,
                    item.note,
                    item.stock
                ])?);
            }
        }
        transaction.commit()?;
        Ok(keys)
    }

    async fn update(&self, items: &mut [Item]) -> Outcome {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        {
            let mut statement = transaction.prepare_cached(UPDATE)?;
            for item in items {
                statement.execute(params![item.stock, item.price.to_string(), item.id])?;
            }
        }
        Ok(transaction.commit()?)
    }

    async fn transaction(&self, [first, second, third]: [i64; 3]) -> Outcome {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.prepare_cached(ADD)?.execute([first])?;
        let savepoint = transaction.savepoint()?;
        savepoint.prepare_cached(ADD)?.execute([second])?;
        savepoint.commit()?;
        transaction.prepare_cached(ADD)?.execute([third])?;
        Ok(transaction.commit()?)
    }
}
