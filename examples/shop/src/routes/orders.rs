//! Orders of the caller.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use orm::loaded;
use orm::prelude::*;

use crate::error::ApiError;
use crate::extract::{Body, Caller, Key};
use crate::models::{Order, OrderLine, OrderLineWith, OrderWith, Product, order, order_line};
use crate::place::{Wanted, place};
use crate::state::Shop;

pub(super) fn routes() -> Router<Shop> {
    Router::new().route("/orders", get(list).post(create)).route("/orders/{id}", get(detail))
}

type Receipt = OrderWith<loaded![order::lines: Vec<OrderLineWith<loaded![order_line::product: Product]>>]>;

/// Somebody else's order is a 404, too: that it exists is none of the caller's business.
async fn detail(
    State(shop): State<Shop>,
    Caller(customer): Caller,
    Key(id): Key,
) -> Result<Json<Receipt>, ApiError> {
    let order = Order::objects()
        .filter(|o| o.customer.eq(ForeignKey::new(customer)))
        .prefetch_related(|o| o.lines.select_related(|l| l.product))
        .pk(id)
        .get(&shop.db)
        .await?;
    Ok(Json(order))
}

async fn list(State(shop): State<Shop>, Caller(customer): Caller) -> Result<Json<Vec<Order>>, ApiError> {
    let orders = Order::objects().filter(|o| o.customer.eq(ForeignKey::new(customer))).limit(100);
    Ok(Json(orders.all(&shop.db).await?))
}

async fn create(
    State(shop): State<Shop>,
    Caller(customer): Caller,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<OrderWith<loaded![order::lines: Vec<OrderLine>]>>), ApiError> {
    Ok((StatusCode::CREATED, Json(place(&shop.db, customer, &wanted).await?)))
}
