//! What is for sale.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use orm::CursorPage;
use orm::prelude::*;
use serde::Deserialize;

use crate::error::ApiError;
use crate::extract::{Body, Key, Paging, Params};
use crate::models::{NewProduct, Product};
use crate::state::Shop;

pub(super) fn routes() -> Router<Shop> {
    Router::new()
        .route("/products", get(search).post(create))
        .route("/products/{id}", get(detail))
        .route("/products/deliveries", post(deliver))
}

async fn detail(State(shop): State<Shop>, Key(id): Key) -> Result<Json<Product>, ApiError> {
    Ok(Json(Product::objects().pk(id).get(&shop.db).await?))
}

#[derive(Deserialize)]
struct Search {
    /// In the name, in any case.
    q: Option<String>,
    min_price: Option<Decimal>,
    max_price: Option<Decimal>,
    #[serde(default)]
    in_stock: bool,
    sort: Option<String>,
}

/// The orders that a client may choose from, and no others: each of them should have an index.
const ORDERS: &[OrderChoice<Product>] = &[("name", |p| p.name.asc()), ("price", |p| p.price.asc())];

async fn search(
    State(shop): State<Shop>,
    Params(search): Params<Search>,
    Params(paging): Params<Paging>,
) -> Result<Json<CursorPage<Product>>, ApiError> {
    let page = Product::objects()
        .filter(|p| search.q.map(|q| p.name.icontains(q)))
        .filter(|p| search.min_price.map(|least| p.price.ge(least)))
        .filter(|p| search.max_price.map(|most| p.price.le(most)))
        .filter(|p| search.in_stock.then(|| p.stock.gt(0)))
        .order_by_choice(ORDERS, search.sort.as_deref().unwrap_or("name"))
        .cursor_page(&shop.db, paging.options())
        .await?;
    Ok(Json(page))
}

async fn create(
    State(shop): State<Shop>,
    Body(new): Body<NewProduct>,
) -> Result<(StatusCode, Json<Product>), ApiError> {
    let new = NewProduct { id: None, ..new }.validated()?;
    Ok((StatusCode::CREATED, Json(Product::objects().insert(&shop.db, new).await?)))
}

#[derive(Deserialize)]
struct Delivery {
    product: i64,
    pieces: i32,
}

/// Goods came in: many products, each with a number of its own, in one statement. All are counted or none.
async fn deliver(
    State(shop): State<Shop>,
    Body(deliveries): Body<Vec<Delivery>>,
) -> Result<Json<Vec<Product>>, ApiError> {
    let too_many = || ApiError::invalid("pieces", "range", "must be from 1 to 1000000");
    let mut pieces: BTreeMap<i64, i32> = BTreeMap::new();
    for delivery in deliveries {
        let so_far = pieces.entry(delivery.product).or_default();
        let sum = so_far.checked_add(delivery.pieces).filter(|_| delivery.pieces > 0);
        *so_far = sum.filter(|sum| *sum <= 1_000_000).ok_or_else(too_many)?;
    }
    let products = shop
        .db
        .transaction()
        .retry(5)
        .run(async |tx| {
            let mut products = Product::lock(tx, pieces.keys().copied()).await?;
            for product in &mut products {
                product.stock = product.stock.checked_add(pieces[&product.id]).ok_or_else(too_many)?;
            }
            Product::objects().bulk_update(tx, &mut products, |p| p.stock).await?;
            Ok::<_, ApiError>(products)
        })
        .await?;
    Ok(Json(products))
}
