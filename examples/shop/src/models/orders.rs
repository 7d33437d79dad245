//! What was ordered, by whom and for how much.

use orm::prelude::*;
use serde::Serialize;

use super::{Product, User};

/// Users and products that were part of an order are protected: what was sold stays known.
#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "orders", ordering = [-placed_at, -id], index(placed_at), has_many(lines = OrderLine::order))]
pub struct Order {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = protect)]
    pub customer: ForeignKey<User>,
    #[field(max_digits = 12, decimal_places = 2)]
    pub total: Decimal,
    #[field(auto_now_add)]
    pub placed_at: DateTime<Utc>,
}

/// Some pieces of one product.
#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "order_lines", ordering = [id], unique(order, product))]
pub struct OrderLine {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub order: ForeignKey<Order>,
    #[field(on_delete = protect)]
    pub product: ForeignKey<Product>,
    pub quantity: i32,
    /// Of one piece, as it was on that day.
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
}
