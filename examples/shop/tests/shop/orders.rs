//! Orders: what a customer sees of them.

use orm::prelude::*;
use orm::testing::{Factory, TestDatabase};
use serde_json::json;
use shop::models::{MODELS, Order, OrderLine, Product};

use crate::client::Client;
use crate::factory::{ProductFactory, UserFactory};

#[orm::test(models = MODELS)]
async fn an_order_takes_pieces_and_has_a_receipt(db: TestDatabase) -> orm::Result<()> {
    let ann = UserFactory::new().create(&db).await?;
    let client = Client::of(&db).as_user(ann.id);
    let tea = ProductFactory::new().price(Decimal::new(250, 2)).create(&db).await?;
    let cup = ProductFactory::new().price(Decimal::new(1_200, 2)).create(&db).await?;
    let wanted = json!({"lines": [
        {"product": cup.id, "quantity": 1},
        {"product": tea.id, "quantity": 2},
        {"product": tea.id, "quantity": 1},
    ]});
    let answer = client.post("/orders", &wanted).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(
        (&answer.body["total"], answer.body["lines"].as_array().map(Vec::len)),
        (&json!("19.50"), Some(2))
    );
    let stock = Product::objects().order_by(|p| p.id).values(|p| p.stock).all(&db).await?;
    assert_eq!(stock, [7, 9]);

    // What was paid is kept, whatever is charged later.
    Product::objects().update(&db, |p| p.price.set(Decimal::ONE)).await?;
    let receipt = client.get(&format!("/orders/{}", answer.body["id"])).await.ok();
    assert_eq!(receipt["lines"][0]["product"]["sku"], json!(tea.sku));
    assert_eq!((&receipt["lines"][0]["price"], &receipt["total"]), (&json!("2.50"), &json!("19.50")));
    let orders = client.get("/orders").await.ok();
    assert_eq!(orders.as_array().map(Vec::len), Some(1));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn orders_of_others_are_not_there(db: TestDatabase) -> orm::Result<()> {
    let users = UserFactory::create_many(&db, 2, |user| user).await?;
    let product = ProductFactory::new().create(&db).await?;
    let client = Client::of(&db);
    let wanted = json!({"lines": [{"product": product.id, "quantity": 1}]});
    let order = client.as_user(users[0].id).post("/orders", &wanted).await.ok();
    let path = format!("/orders/{}", order["id"]);
    assert_eq!(client.as_user(users[0].id).get(&path).await.status, 200);
    assert_eq!(client.as_user(users[1].id).get(&path).await.refused(), (404, "not_found"));
    assert_eq!(client.as_user(users[1].id).get("/orders").await.ok(), json!([]));
    for path in [path.as_str(), "/orders"] {
        assert_eq!(client.get(path).await.refused(), (401, "no_user"));
    }
    Ok(())
}

#[orm::test(models = MODELS)]
async fn what_cannot_be_had_changes_nothing(db: TestDatabase) -> orm::Result<()> {
    let ann = UserFactory::new().create(&db).await?;
    let client = Client::of(&db).as_user(ann.id);
    let enough = ProductFactory::new().stock(5).create(&db).await?;
    let scarce = ProductFactory::new().stock(1).create(&db).await?;
    let order = |product: i64, quantity: i32| json!({"lines": [{"product": enough.id, "quantity": 2}, {"product": product, "quantity": quantity}]});
    let refused = client.post("/orders", &order(scarce.id, 2)).await;
    assert_eq!(refused.refused(), (409, "out_of_stock"));
    assert_eq!((&refused.body["product"], &refused.body["left"]), (&json!(scarce.id), &json!(1)));
    assert_eq!(client.post("/orders", &order(999_999, 1)).await.refused(), (404, "not_found"));
    for quantity in [0, -1, 1_001] {
        let refused = client.post("/orders", &order(scarce.id, quantity)).await;
        assert_eq!(refused.refused(), (422, "invalid"));
        assert_eq!(refused.codes("quantity"), ["range"]);
    }
    assert_eq!(client.post("/orders", &json!({"lines": []})).await.refused(), (422, "invalid"));
    // A customer who does not exist is found out last, and then the stock is as it was, too.
    let of_nobody = Client::of(&db).as_user(999_999).post("/orders", &order(scarce.id, 1)).await;
    assert_eq!(of_nobody.refused(), (409, "no_such_row"));

    let stock = Product::objects().order_by(|p| p.id).values(|p| p.stock).all(&db).await?;
    assert_eq!(stock, [5, 1]);
    assert_eq!((Order::objects().count(&db).await?, OrderLine::objects().count(&db).await?), (0, 0));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn an_order_that_is_sent_twice_is_placed_once(db: TestDatabase) -> orm::Result<()> {
    let users = UserFactory::create_many(&db, 2, |user| user).await?;
    let product = ProductFactory::new().stock(5).create(&db).await?;
    let client = Client::of(&db);
    let wanted = json!({"lines": [{"product": product.id, "quantity": 3}], "request": Uuid::from_u128(7)});
    let first = client.as_user(users[0].id).post("/orders", &wanted).await.ok();
    let again = client.as_user(users[0].id).post("/orders", &wanted).await.ok();
    assert_eq!(first, again);
    // It is no order of anybody else's.
    let other = client.as_user(users[1].id).post("/orders", &wanted).await;
    assert_eq!(other.refused(), (409, "out_of_stock"));
    assert_eq!(Product::objects().get(&db).await?.stock, 2);
    Ok(())
}

#[orm::test(models = MODELS)]
async fn what_was_sold_stays_known(db: TestDatabase) -> orm::Result<()> {
    let ann = UserFactory::new().create(&db).await?;
    let product = ProductFactory::new().create(&db).await?;
    let client = Client::of(&db);
    let wanted = json!({"lines": [{"product": product.id, "quantity": 1}]});
    client.as_user(ann.id).post("/orders", &wanted).await.ok();
    assert_eq!(client.delete(&format!("/products/{}", product.id)).await.refused(), (409, "still_needed"));
    let unsold = ProductFactory::new().create(&db).await?;
    assert_eq!(client.delete(&format!("/products/{}", unsold.id)).await.status, 204);
    assert_eq!(client.delete(&format!("/products/{}", unsold.id)).await.refused(), (404, "not_found"));
    assert_eq!(Product::objects().get(&db).await?.id, product.id);
    Ok(())
}
