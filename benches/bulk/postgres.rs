//! tokio-postgres: an array for each column.

use orm::prelude::Decimal;
use tokio::sync::OnceCell;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

use crate::contestant::{Contestant, Outcome};
use crate::model::{Item, table};

const INSERT: &str = concat!(
    "INSERT INTO ",
    table!(),
    " (name, active, price, created_at, note, stock) SELECT * FROM UNNEST($1::text[], $2::boolean[], $3::numeric[], \
     $4::timestamptz[], $5::text[], $6::integer[]) RETURNING id"
);
const UPDATE: &str = concat!(
    "UPDATE ",
    table!(),
    " AS item SET stock = new.stock, price = new.price FROM UNNEST($1::bigint[], $2::integer[], $3::numeric[]) \
     AS new (id, stock, price) WHERE item.id = new.id"
);

const ADD: &str = concat!("UPDATE ", table!(), " SET stock = stock + 1 WHERE id = $1");

pub struct RawPostgres {
    client: Client,
    add: OnceCell<Statement>,
}

impl RawPostgres {
    pub async fn connect(url: &str) -> Outcome<Self> {
        let (client, connection) =
            tokio_postgres::connect(url.split('?').next().unwrap_or(url), NoTls).await?;
        tokio::spawn(connection);
        Ok(RawPostgres { client, add: OnceCell::new() })
    }
}

impl RawPostgres {
    /// The statement of a transaction, once there is a table.
    async fn add(&self) -> Outcome<&Statement> {
        Ok(self.add.get_or_try_init(|| self.client.prepare(ADD)).await?)
    }
}

impl Contestant for RawPostgres {
    type New = Item;

    fn new_row(item: &Item) -> Item {
        item.clone()
    }

    async fn clear(&self) -> Outcome {
        self.client.execute(concat!("DELETE FROM ", table!()), &[]).await?;
        Ok(())
    }

    async fn insert(&self, items: Vec<Item>) -> Outcome<Vec<i64>> {
        let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let active: Vec<bool> = items.iter().map(|item| item.active).collect();
        let prices: Vec<Decimal> = items.iter().map(|item| item.price).collect();
        let created: Vec<_> = items.iter().map(|item| item.created_at).collect();
        let notes: Vec<Option<&str>> = items.iter().map(|item| item.note.as_deref()).collect();
        let stock: Vec<i32> = items.iter().map(|item| item.stock).collect();
        let rows = self.client.query(INSERT, &[&names, &active, &prices, &created, &notes, &stock]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    async fn update(&self, items: &mut [Item]) -> Outcome {
        let keys: Vec<i64> = items.iter().map(|item| item.id).collect();
        let stock: Vec<i32> = items.iter().map(|item| item.stock).collect();
        let prices: Vec<Decimal> = items.iter().map(|item| item.price).collect();
        self.client.execute(UPDATE, &[&keys, &stock, &prices]).await?;
        Ok(())
    }

    /// Commands travel with the statement behind them.
    async fn transaction(&self, [first, second, third]: [i64; 3]) -> Outcome {
        let (client, add) = (&self.client, self.add().await?);
        let with = async |command: &str, key: i64| {
            let params: [&(dyn ToSql + Sync); 1] = [&key];
            tokio::try_join!(client.batch_execute(command), client.execute(add, &params)).map(drop)
        };
        with("BEGIN", first).await?;
        with("SAVEPOINT a", second).await?;
        with("RELEASE SAVEPOINT a", third).await?;
        Ok(client.batch_execute("COMMIT").await?)
    }

    async fn naive_transaction(&self, [first, second, third]: [i64; 3]) -> Outcome {
        let (client, add) = (&self.client, self.add().await?);
        client.batch_execute("BEGIN").await?;
        client.execute(add, &[&first]).await?;
        client.batch_execute("SAVEPOINT a").await?;
        client.execute(add, &[&second]).await?;
        client.batch_execute("RELEASE SAVEPOINT a").await?;
        client.execute(add, &[&third]).await?;
        Ok(client.batch_execute("COMMIT").await?)
    }
}
