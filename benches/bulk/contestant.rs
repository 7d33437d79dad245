//! What a contestant can do, and the ORM as two: in bulk, and row by row.

use std::error::Error;

use orm::backend::{Backend, Executor};
use orm::prelude::*;
use orm::{Database, models};

use crate::model::{Item, NewItem};

pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// One way to write many rows.
pub trait Contestant {
    /// A new row as it takes it.
    type New;

    /// An item without its key, as it takes new rows.
    fn new_row(item: &Item) -> Self::New;

    /// Makes the table, with the help of the ORM.
    async fn create_table<B: Backend>(&self, db: &Database<B>) -> Outcome {
        db.drop_tables(models![Item]).await?;
        Ok(db.create_tables(models![Item]).await?)
    }

    /// Deletes all rows.
    async fn clear(&self) -> Outcome;

    /// Inserts rows; the new keys in their order.
    async fn insert(&self, rows: Vec<Self::New>) -> Outcome<Vec<i64>>;

    /// Writes stock and price of the items.
    async fn update(&self, items: &mut [Item]) -> Outcome;

    /// A transaction with a savepoint and three statements: the stock of three items, the second of them in a block of its
    /// own.
    async fn transaction(&self, keys: [i64; 3]) -> Outcome;

    /// The same as it is written without a thought: each command is sent when its turn comes.
    async fn naive_transaction(&self, keys: [i64; 3]) -> Outcome {
        self.transaction(keys).await
    }
}

/// One more of an item.
async fn add<E: Executor>(db: &E, key: i64) -> orm::Result<()> {
    Item::objects().pk(key).update(db, |i| i.stock.set(i.stock + 1)).await.map(drop)
}

fn new_item(item: &Item) -> NewItem {
    let Item { id: _, name, active, price, created_at, note, stock } = item.clone();
    NewItem { id: None, name, active, price, created_at, note, stock }
}

/// The ORM in bulk.
pub struct Orm<B: Backend>(pub Database<B>);

impl<B: Backend> Contestant for Orm<B> {
    type New = NewItem;

    fn new_row(item: &Item) -> NewItem {
        new_item(item)
    }

    async fn clear(&self) -> Outcome {
        Item::objects().delete(&self.0).await?;
        Ok(())
    }

    async fn insert(&self, rows: Vec<NewItem>) -> Outcome<Vec<i64>> {
        Ok(Item::objects().bulk_create(&self.0, rows).keys().await?)
    }

    async fn update(&self, items: &mut [Item]) -> Outcome {
        Item::objects().bulk_update(&self.0, items, |i| (i.stock, i.price)).await?;
        Ok(())
    }

    async fn transaction(&self, [first, second, third]: [i64; 3]) -> Outcome {
        self.0
            .atomic(async |tx| {
                add(tx, first).await?;
                tx.atomic(async |inner| add(inner, second).await).await?;
                add(tx, third).await
            })
            .await?;
        Ok(())
    }
}

/// The ORM in bulk, where new rows are read back as the database has them.
pub struct OrmRows<B: Backend>(pub Orm<B>);

impl<B: Backend> Contestant for OrmRows<B> {
    type New = NewItem;

    fn new_row(item: &Item) -> NewItem {
        new_item(item)
    }

    async fn clear(&self) -> Outcome {
        self.0.clear().await
    }

    async fn insert(&self, rows: Vec<NewItem>) -> Outcome<Vec<i64>> {
        let made = Item::objects().bulk_create(&self.0.0, rows).await?;
        Ok(made.iter().map(|item| item.id).collect())
    }

    async fn update(&self, items: &mut [Item]) -> Outcome {
        self.0.update(items).await
    }

    async fn transaction(&self, ids: [i64; 3]) -> Outcome {
        self.0.transaction(ids).await
    }
}

/// The ORM row by row, in one transaction.
pub struct Naive<B: Backend>(pub Database<B>);

impl<B: Backend> Contestant for Naive<B> {
    type New = NewItem;

    fn new_row(item: &Item) -> NewItem {
        new_item(item)
    }

    async fn clear(&self) -> Outcome {
        Item::objects().delete(&self.0).await?;
        Ok(())
    }

    async fn insert(&self, rows: Vec<NewItem>) -> Outcome<Vec<i64>> {
        let tx = self.0.begin().await?;
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            keys.push(Item::objects().insert(&tx, row).await?.id);
        }
        tx.commit().await?;
        Ok(keys)
    }

    async fn update(&self, items: &mut [Item]) -> Outcome {
        let tx = self.0.begin().await?;
        for item in items {
            item.save_fields(&tx, |i| (i.stock, i.price)).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn transaction(&self, [first, second, third]: [i64; 3]) -> Outcome {
        self.0
            .atomic(async |tx| {
                add(tx, first).await?;
                tx.atomic(async |inner| add(inner, second).await).await?;
                add(tx, third).await
            })
            .await?;
        Ok(())
    }
}
