//! What can be asked, a file for each subject.

mod posts;

use axum::Router;

use crate::state::Shop;

/// All routes of the service.
pub fn router(shop: Shop) -> Router {
    Router::new().merge(posts::routes()).with_state(shop)
}
