//! Whether the service can work: for whoever decides where requests go, and for people who look.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use orm::prelude::*;
use serde_json::json;

use crate::limiter::Limiter;
use crate::models::Product;
use crate::state::Shop;

/// Who asks for health wants an answer, and not to wait for a database that has none.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn routes() -> Router<Shop> {
    Router::new().route("/health", get(health))
}

async fn health(State(shop): State<Shop>) -> Response {
    let asked = tokio::time::timeout(PATIENCE, Product::objects().exists(&shop.db)).await;
    let (status, database) = match asked {
        Ok(Ok(_)) => (StatusCode::OK, "ok"),
        Ok(Err(error)) => {
            tracing::warn!("unhealthy: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "failing")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "slow"),
    };
    let pool = shop.db.pool_status();
    let body = json!({
        "database": database,
        "kind": shop.db.dialect().name(),
        "limiter": shop.limiter.as_deref().map(Limiter::kind),
        "pool": {
            "max": pool.max,
            "open": pool.open,
            "in_use": pool.in_use(),
            "idle": pool.idle,
            "waiting": pool.waiting,
            "opened": pool.opened,
            "closed": pool.closed,
            "waits": pool.waits,
            "waited_ms": u64::try_from(pool.waited.as_millis()).unwrap_or(u64::MAX),
            "timeouts": pool.timeouts,
        },
    });
    (status, Json(body)).into_response()
}
