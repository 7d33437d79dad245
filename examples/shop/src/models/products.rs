//! What can be ordered.

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
