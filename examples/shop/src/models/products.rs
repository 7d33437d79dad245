//! What can be ordered.

use orm::AnyBackend;
use orm::prelude::*;
use serde::Serialize;

/// The check is the last word on the stock: whatever the program does, it is never below zero.
#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "products", ordering = [name, id], check(name = "stock_is_not_negative", |p| p.stock.ge(0)))]
pub struct Product {
    #[field(primary_key)]
    pub id: i64,
    /// What the outside calls it: stable, where keys may differ from one database to the next.
    #[field(max_length = 30, unique, validate(slug))]
    pub sku: String,
    #[field(max_length = 100, index, validate(not_blank))]
    pub name: String,
    #[field(max_digits = 10, decimal_places = 2, validate(range(min = Decimal::ZERO)))]
    pub price: Decimal,
    /// Pieces that can be ordered.
    #[field(default = 0, validate(range(min = 0)))]
    pub stock: i32,
}

impl Product {
    /// Reads products that nobody else may change until the transaction ends. They are locked in the order of their keys, as
    /// everybody does who wants several: so two who want the same ones wait for each other in one direction only, and there
    /// is no deadlock.
    ///
    /// # Errors
    /// One of them does not exist, or the database fails.
    pub async fn lock(
        tx: &Transaction<AnyBackend>,
        ids: impl ExactSizeIterator<Item = i64>,
    ) -> orm::Result<Vec<Product>> {
        let wanted = ids.len();
        let ids: Vec<i64> = ids.collect();
        let products = Product::objects()
            .filter(|p| p.id.is_in(ids))
            .order_by(|p| p.id)
            .select_for_update()
            .all(tx)
            .await?;
        if products.len() < wanted {
            return Err(orm::Error::DoesNotExist { model: "Product" });
        }
        Ok(products)
    }
}
