//! Orders that are placed at the same moment. Isolated, because they commit and wait for each other.

use std::collections::BTreeMap;

use orm::prelude::*;
use orm::testing::{Factory, TestDatabase};
use serde_json::json;
use shop::models::{MODELS, Order, OrderLine, Product, User};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::factory::{ProductFactory, UserFactory};

#[orm::test(models = MODELS, isolated, worker_threads = 4)]
async fn of_32_orders_for_10_pieces_10_succeed(db: TestDatabase) -> orm::Result<()> {
    let users = UserFactory::create_many(&db, 32, |user| user).await?;
    let product = ProductFactory::new().stock(10).create(&db).await?;
    let wanted = json!({"lines": [{"product": product.id, "quantity": 1}]});
    let mut tasks = JoinSet::new();
    for user in users {
        let (client, wanted) = (Client::of(&db).as_user(user.id), wanted.clone());
        tasks.spawn(async move { client.post("/orders", &wanted).await.status.as_u16() });
    }
    let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
    while let Some(status) = tasks.join_next().await {
        *statuses.entry(status.expect("no panic")).or_default() += 1;
    }
    assert_eq!(statuses, BTreeMap::from([(201, 10), (409, 22)]));
    assert_eq!(Product::objects().get(&db).await?.stock, 0);
    let sold = OrderLine::objects().aggregate(&db, |l| l.quantity.sum()).await?;
    assert_eq!((Order::objects().count(&db).await?, sold), (10, Some(10)));
    Ok(())
}

#[orm::test(models = MODELS, isolated, worker_threads = 4)]
async fn orders_that_cross_do_not_block_each_other(db: TestDatabase) -> orm::Result<()> {
    let users = UserFactory::create_many(&db, 24, |user| user).await?;
    let products = ProductFactory::create_many(&db, 3, |product| product.stock(1_000)).await?;
    let mut tasks = JoinSet::new();
    for (n, user) in users.into_iter().enumerate() {
        let mut lines: Vec<_> =
            products.iter().map(|product| json!({"product": product.id, "quantity": 2})).collect();
        // Each begins with another product.
        lines.rotate_left(n % 3);
        let client = Client::of(&db).as_user(user.id);
        tasks.spawn(async move { client.post("/orders", &json!({"lines": lines})).await.ok() });
    }
    while let Some(order) = tasks.join_next().await {
        order.expect("every order is placed");
    }
    let stock = Product::objects().order_by(|p| p.id).values(|p| p.stock).all(&db).await?;
    assert_eq!(stock, [1_000 - 48; 3]);
    Ok(())
}

#[orm::test(models = MODELS, isolated, worker_threads = 4)]
async fn the_same_order_sent_at_the_same_moment_is_placed_once(db: TestDatabase) -> orm::Result<()> {
    let user: User = UserFactory::new().create(&db).await?;
    let product = ProductFactory::new().stock(10).create(&db).await?;
    let wanted = json!({"lines": [{"product": product.id, "quantity": 1}], "request": Uuid::from_u128(1)});
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (client, wanted) = (Client::of(&db).as_user(user.id), wanted.clone());
        tasks.spawn(async move { client.post("/orders", &wanted).await.ok()["id"].clone() });
    }
    let mut ids = Vec::new();
    while let Some(id) = tasks.join_next().await {
        ids.push(id.expect("all are told of the order"));
    }
    ids.dedup();
    assert_eq!((ids.len(), Product::objects().get(&db).await?.stock), (1, 9));
    Ok(())
}
