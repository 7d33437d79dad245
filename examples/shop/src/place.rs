//! Placing an order: all that must be true together, in one short transaction.

use std::collections::BTreeMap;

use orm::prelude::*;
use orm::{AnyDatabase, loaded};
use serde::Deserialize;

use crate::error::ApiError;
use crate::models::{Order, OrderLine, OrderWith, Product, order};

/// An order with its lines.
pub type Placed = OrderWith<loaded![order::lines: Vec<OrderLine>]>;

/// What a customer wants.
#[derive(Deserialize)]
pub struct Wanted {
    pub lines: Vec<WantedLine>,
}

#[derive(Deserialize)]
pub struct WantedLine {
    pub product: i64,
    pub quantity: i32,
}

/// Takes the pieces from the stock and writes the order, or does neither.
///
/// # Errors
/// A product does not exist or has too few pieces left, or the database fails.
pub async fn place(db: &AnyDatabase, customer: i64, wanted: &Wanted) -> Result<Placed, ApiError> {
    // What can be refused without a transaction is refused before there is one.
    let quantities = quantities(wanted)?;
    db.transaction()
        // Should others be in the way all the same, it is tried again from the start.
        .retry(5)
        .run(async |tx| {
            let mut products = Product::lock(tx, quantities.keys().copied()).await?;
            for product in &mut products {
                let left = product.stock - quantities[&product.id];
                if left < 0 {
                    // The error ends the transaction: nothing of it stays.
                    return Err(ApiError::OutOfStock { product: product.id, left: product.stock });
                }
                product.stock = left;
            }
            Product::objects().bulk_update(tx, &mut products, |p| p.stock).await?;
            let total: Decimal =
                products.iter().map(|product| product.price * Decimal::from(quantities[&product.id])).sum();
            let order = Order::objects()
                .create_with(tx, |o| o.customer(ForeignKey::new(customer)).total(total))
                .with(
                    |o| o.lines,
                    |line| {
                        let line = |product: &Product| {
                            line.draft()
                                .product(product)
                                .quantity(quantities[&product.id])
                                .price(product.price)
                        };
                        products.iter().map(line).collect::<Vec<_>>()
                    },
                )
                .await?;
            // A mail would be sent here: behind the commit, when the order is really there, and not while rows are locked.
            let (id, lines) = (order.id, products.len());
            tx.on_commit(async move { tracing::info!("order {id} with {lines} lines") });
            Ok(order)
        })
        .await
}

/// Pieces by product, in the order of keys.
fn quantities(wanted: &Wanted) -> Result<BTreeMap<i64, i32>, ApiError> {
    if wanted.lines.is_empty() || wanted.lines.len() > 100 {
        return Err(ApiError::invalid("lines", "length", "must be from 1 to 100"));
    }
    let mut quantities = BTreeMap::new();
    for line in &wanted.lines {
        if !(1..=1_000).contains(&line.quantity) {
            return Err(ApiError::invalid("quantity", "range", "must be from 1 to 1000"));
        }
        // A product that stands there twice is one line.
        *quantities.entry(line.product).or_default() += line.quantity;
    }
    Ok(quantities)
}
