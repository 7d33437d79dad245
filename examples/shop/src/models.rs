//! What the shop keeps: people who write posts and order products.

mod orders;
mod posts;
mod products;
mod users;

pub use orders::{
    NewOrder, NewOrderLine, Order, OrderLine, OrderLineFields, OrderLineWith, OrderWith, order, order_line,
};
pub use posts::{NewPost, NewTag, Post, PostTags, PostWith, Tag, post};
pub use products::{NewProduct, Product};
pub use users::{NewUser, User, UserWith, user};

use orm::model::ModelEntry;
use orm::models;

/// All tables, in any order: `create_tables` finds out which of them need others first.
pub const MODELS: &[ModelEntry] = models![User, Tag, Post, Product, Order, OrderLine];
