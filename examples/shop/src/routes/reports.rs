//! How business goes.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use orm::prelude::*;
use orm::queryset::Aggregate;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::extract::Params;
use crate::models::{Order, OrderLine, OrderLineFields};
use crate::state::Shop;

pub(super) fn routes() -> Router<Shop> {
    Router::new().route("/reports/turnover", get(turnover))
}

/// From the first instant on, and before the second.
#[derive(Deserialize)]
struct Period {
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Report {
    orders: i64,
    customers: i64,
    turnover: Decimal,
    largest: Option<Decimal>,
    products: Vec<Turnover>,
}

/// A product in a month. The plain fields are the groups: there is no GROUP BY to forget.
#[derive(Projection, Serialize)]
#[projection(OrderLine)]
struct Turnover {
    #[projection(expr = |l| l.order.placed_at.trunc_month())]
    month: DateTime<Utc>,
    #[projection(path = product.sku)]
    sku: String,
    #[projection(path = product.name)]
    name: String,
    #[projection(expr = |l| l.quantity.sum().default(0))]
    pieces: i64,
    #[projection(expr = |l| takings(l))]
    turnover: Option<Decimal>,
}

/// The database adds up, so that a year's lines do not travel. What best months and products sold comes first.
async fn turnover(
    State(shop): State<Shop>,
    Params(period): Params<Period>,
) -> Result<Json<Report>, ApiError> {
    let Period { from, until } = period;
    let orders = Order::objects()
        .filter(|o| from.map(|from| o.placed_at.ge(from)))
        .filter(|o| until.map(|until| o.placed_at.lt(until)));
    let (count, customers, sum, largest) = orders
        .aggregate(&shop.db, |o| {
            (count_rows(), o.customer.count().distinct(), o.total.sum().default(Decimal::ZERO), o.total.max())
        })
        .await?;
    let products = OrderLine::objects()
        .filter(|l| from.map(|from| l.order.placed_at.ge(from)))
        .filter(|l| until.map(|until| l.order.placed_at.lt(until)))
        .project::<Turnover>()
        .order_by(|l| (takings(l).desc(), l.product.sku))
        .limit(50)
        .all(&shop.db)
        .await?;
    Ok(Json(Report { orders: count, customers, turnover: sum, largest, products }))
}

/// What lines brought in.
fn takings(l: OrderLineFields) -> Aggregate<Grouped<OrderLine>, Option<Decimal>> {
    (l.price * l.quantity.cast::<Decimal>()).sum()
}
