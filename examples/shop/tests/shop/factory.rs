//! Rows for tests, of which a test says only what matters to it.

use orm::prelude::*;
use orm::testing::Related;
use shop::models::{Post, Product, Tag, User};

#[derive(orm::Factory)]
#[factory(User)]
pub struct UserFactory {
    #[factory(sequence = |n| format!("user_{n}"))]
    username: String,
}

#[derive(orm::Factory)]
#[factory(Tag)]
pub struct TagFactory {
    #[factory(sequence = |n| format!("tag-{n}"))]
    name: String,
}

#[derive(orm::Factory)]
#[factory(Post)]
pub struct PostFactory {
    author: Related<UserFactory>,
    #[factory(sequence = |n| format!("Post {n}"))]
    title: String,
    #[factory(default = "Water is hot.")]
    body: String,
    #[factory(default = Utc::now())]
    created_at: DateTime<Utc>,
}

#[derive(orm::Factory)]
#[factory(Product)]
pub struct ProductFactory {
    #[factory(sequence = |n| format!("sku-{n}"))]
    sku: String,
    #[factory(sequence = |n| format!("Product {n}"))]
    name: String,
    #[factory(default = Decimal::new(250, 2))]
    price: Decimal,
    #[factory(default = 10)]
    stock: i32,
}
