//! `mysql_async`: a thousand rows in a statement, and an update joined with as many new values.

use std::fmt::Write;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, TxOpts, Value};
use tokio::sync::Mutex;

use crate::contestant::{Contestant, Outcome};
use crate::model::{Item, table};

const INSERT: &str =
    concat!("INSERT INTO ", table!(), " (name, active, price, created_at, note, stock) VALUES ");
const UPDATE: &str = concat!(
    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', stock INT PATH '$[1]', price DECIMAL(10, 2) PATH '$[2]')) \
     AS new STRAIGHT_JOIN ",
    table!(),
    " AS item ON item.id = new.id SET item.stock = new.stock, item.price = new.price"
);
const ADD: &str = concat!("UPDATE ", table!(), " SET stock = stock + 1 WHERE id = ?");

pub struct RawMySql(Mutex<Conn>);

impl RawMySql {
    pub async fn connect(url: &str) -> Outcome<Self> {
        let options = OptsBuilder::from_opts(Opts::from_url(url.split('?').next().unwrap_or(url))?)
            .prefer_socket(false)
            .setup(vec!["SET SESSION time_zone = '+00:00'"]);
        Ok(RawMySql(Mutex::new(Conn::new(options).await?)))
    }
}

impl Contestant for RawMySql {
    type New = Item;

    fn new_row(item: &Item) -> Item {
        item.clone()
    }

    async fn clear(&self) -> Outcome {
        Ok(self.0.lock().await.query_drop(concat!("DELETE FROM ", table!())).await?)
    }

    async fn insert(&self, items: Vec<Item>) -> Outcome<Vec<i64>> {
        let mut conn = self.0.lock().await;
        let mut transaction = conn.start_transaction(TxOpts::default()).await?;
        let mut keys = Vec::with_capacity(items.len());
        for items in items.chunks(1_000) {
            let mut sql = INSERT.to_owned();
            let mut values: Vec<Value> = Vec::with_capacity(items.len() * 6);
            for (at, item) in items.iter().enumerate() {
                sql.push_str(if at == 0 { "(?, ?, ?, ?, ?, ?)" } else { ", (?, ?, ?, ?, ?, ?)" });
                values.push(item.name.as_str().into());
                values.push(item.active.into());
                values.push(item.price.to_string().into());
                values.push(item.created_at.naive_utc().into());
                values.push(item.note.as_deref().into());
                values.push(item.stock.into());
            }
            transaction.exec_drop(sql, values).await?;
            let first = i64::try_from(transaction.last_insert_id().unwrap_or_default())?;
            keys.extend((first..).take(items.len()));
        }
        transaction.commit().await?;
        Ok(keys)
    }

    async fn update(&self, items: &mut [Item]) -> Outcome {
        let mut json = String::new();
        for item in items {
            json.push(if json.is_empty() { '[' } else { ',' });
            write!(json, "[{},{},\"{}\"]", item.id, item.stock, item.price)?;
        }
        json.push(']');
        Ok(self.0.lock().await.exec_drop(UPDATE, (json,)).await?)
    }

    // The protocol has one command at a time: there is no better way than the plain one.
    async fn transaction(&self, [first, second, third]: [i64; 3]) -> Outcome {
        let mut conn = self.0.lock().await;
        let mut transaction = conn.start_transaction(TxOpts::default()).await?;
        transaction.exec_drop(ADD, (first,)).await?;
        transaction.query_drop("SAVEPOINT a").await?;
        transaction.exec_drop(ADD, (second,)).await?;
        transaction.query_drop("RELEASE SAVEPOINT a").await?;
        transaction.exec_drop(ADD, (third,)).await?;
        Ok(transaction.commit().await?)
    }
}
