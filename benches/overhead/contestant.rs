//! What a contestant can do, and the ORM as one.

use orm::backend::Backend;
use orm::prelude::*;

use crate::model::{Item, ROWS};

/// One way to do the work.
pub trait Contestant: Send + Sync + 'static {
    /// The row with a key.
    fn by_key(&self, key: i64) -> impl Future<Output = Item> + Send;

    /// The first ten active rows in the order of their keys behind `after`.
    fn page(&self, after: i64) -> impl Future<Output = Vec<Item>> + Send;

    /// All rows with keys up to `last`.
    fn rows(&self, last: i64) -> impl Future<Output = Vec<Item>> + Send;

    /// Key, name and stock of all rows with keys up to `last`.
    fn values(&self, last: i64) -> impl Future<Output = Vec<(i64, String, i32)>> + Send;

    /// Of the rows with keys beyond `after`, as far as they were there from the beginning: how many are active and how
    /// many are not, with the sum of their prices, in that order.
    fn groups(&self, after: i64) -> impl Future<Output = Vec<(bool, i64, Option<Decimal>)>> + Send;

    /// Inserts a row with the content of row `like`; its key.
    fn insert(&self, like: i64) -> impl Future<Output = i64> + Send;

    /// The number of active rows with keys beyond `after`, as far as they were there from the beginning.
    fn count(&self, after: i64) -> impl Future<Output = i64> + Send;

    /// Adds one to the stock of the active rows among the ten from `first` on; the number of rows changed.
    fn update(&self, first: i64) -> impl Future<Output = u64> + Send;
}

/// The ORM on one database.
pub struct Orm<B: Backend>(pub Database<B>);

impl<B: Backend> Contestant for Orm<B> {
    async fn by_key(&self, key: i64) -> Item {
        Item::objects().pk(key).get(&self.0).await.expect("a row")
    }

    async fn page(&self, after: i64) -> Vec<Item> {
        let page =
            Item::objects().filter(|i| i.id.gt(after) & i.active.eq(true)).order_by(|i| i.id).limit(10);
        page.all(&self.0).await.expect("rows")
    }

    async fn rows(&self, last: i64) -> Vec<Item> {
        Item::objects().filter(|i| i.id.le(last)).all(&self.0).await.expect("rows")
    }

    async fn values(&self, last: i64) -> Vec<(i64, String, i32)> {
        let values = Item::objects().filter(|i| i.id.le(last)).values(|i| (i.id, i.name, i.stock));
        values.all(&self.0).await.expect("values")
    }

    async fn groups(&self, after: i64) -> Vec<(bool, i64, Option<Decimal>)> {
        let groups = Item::objects()
            .filter(|i| i.id.between(after + 1, ROWS))
            .values(|i| (i.active, i.id.count(), i.price.sum()))
            .order_by(|i| i.active);
        groups.all(&self.0).await.expect("groups")
    }

    async fn insert(&self, like: i64) -> i64 {
        let item = Item::numbered(like);
        let inserted = Item::objects()
            .create(&self.0, |i| {
                i.name(item.name)
                    .active(item.active)
                    .price(item.price)
                    .created_at(item.created_at)
                    .note(item.note)
                    .stock(item.stock)
            })
            .await;
        inserted.expect("an insert").id
    }

    async fn count(&self, after: i64) -> i64 {
        let active = Item::objects().filter(|i| i.id.between(after + 1, ROWS) & i.active.eq(true));
        i64::try_from(active.count(&self.0).await.expect("a count")).unwrap_or_default()
    }

    async fn update(&self, first: i64) -> u64 {
        let rows = Item::objects().filter(|i| i.id.between(first, first + 9) & i.active.eq(true));
        rows.update(&self.0, |i| i.stock.set(i.stock + 1)).await.expect("an update")
    }
}
