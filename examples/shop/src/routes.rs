//! What can be asked, a file for each subject.

mod health;
mod orders;
mod posts;
mod products;
mod reports;
mod users;

use axum::{Router, middleware};

use crate::limiter;
use crate::state::Shop;

/// All routes of the service.
pub fn router(shop: Shop) -> Router {
    let limited = middleware::from_fn_with_state(shop.clone(), limiter::limit);
    Router::new()
        .merge(users::routes())
        .merge(posts::routes())
        .merge(products::routes())
        .merge(orders::routes())
        .merge(reports::routes())
        .layer(limited)
        // Behind the layer, so that it is never refused.
        .merge(health::routes())
        .with_state(shop)
}
