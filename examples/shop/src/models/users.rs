//! Somebody who writes posts and orders products.

use orm::prelude::*;
use serde::Serialize;

use super::{Order, Post};

/// Its table has another name than the struct because `user` is a word of SQL. `orm` would quote it, but people who look
/// at the database by hand would have to do so, too.
#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "users", has_many(posts = Post::author, orders = Order::customer))]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 40, unique, validate(length(min = 3), regex = "^[a-z0-9_]+$"))]
    pub username: String,
    /// Nobody else's business, so it is in no answer.
    #[field(max_length = 254, validate(email))]
    #[serde(skip_serializing)]
    pub email: Option<String>,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
}
