//! Products: one, many, new ones, and more of them.

use orm::assert_queries;
use orm::prelude::*;
use orm::testing::{Factory, TestDatabase};
use serde_json::{Value, json};
use shop::models::{MODELS, Product};

use crate::client::Client;
use crate::factory::ProductFactory;

#[orm::test(models = MODELS)]
async fn one_is_there_or_a_404(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let product = ProductFactory::new().name("Tea").price(Decimal::new(499, 2)).create(&db).await?;
    let found = client.get(&format!("/products/{}", product.id)).await.ok();
    assert_eq!(
        found,
        json!({"id": product.id, "sku": product.sku, "name": "Tea", "price": "4.99", "stock": 10})
    );
    let missing = client.get("/products/999999").await;
    assert_eq!(missing.refused(), (404, "not_found"));
    assert_eq!(missing.body["model"], "Product");
    assert_eq!(client.get("/products/tea").await.refused(), (400, "unreadable"));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn a_search_has_as_many_conditions_as_are_given(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    for (name, cents, stock) in [("Green tea", 300, 5), ("Black TEA", 500, 0), ("Cup", 900, 3)] {
        ProductFactory::new().name(name).price(Decimal::new(cents, 2)).stock(stock).create(&db).await?;
    }
    let names = async |query: &str| names(&client.get(&format!("/products{query}")).await.ok());
    assert_eq!(names("").await, ["Black TEA", "Cup", "Green tea"]);
    assert_eq!(names("?q=tea").await, ["Black TEA", "Green tea"]);
    assert_eq!(names("?q=tea&in_stock=true").await, ["Green tea"]);
    assert_eq!(names("?min_price=4.5&max_price=9").await, ["Black TEA", "Cup"]);
    assert_eq!(names("?sort=-price").await, ["Cup", "Black TEA", "Green tea"]);
    // What looks like a pattern is text.
    assert!(names("?q=%25").await.is_empty());
    let refused = client.get("/products?sort=stock").await;
    assert_eq!(refused.refused(), (400, "unknown_name"), "{}", refused.body);
    assert_eq!(client.get("/products?min_price=cheap").await.refused(), (400, "unreadable"));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn pages_join_while_others_insert(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    for n in 0..7 {
        ProductFactory::new().name(format!("{n}")).create(&db).await?;
    }
    let mut path = "/products?limit=3".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = client.get(&path).await.ok();
        seen.extend(names(&page));
        // Before everything that was seen: a page counted by its offset would now show a row twice.
        ProductFactory::new().name("!").create(&db).await?;
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/products?limit=3&after={next}");
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4", "5", "6"]);
    assert_eq!(client.get("/products?after=elsewhere").await.refused(), (400, "invalid_cursor"));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn a_new_one_is_checked_field_by_field(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let new = json!({"sku": "tea-1", "name": "Tea", "price": "4.99"});
    let answer = client.post("/products", &new).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["stock"], 0, "the default");
    assert_eq!(client.post("/products", &new).await.refused(), (409, "taken"));

    let wrong = json!({"sku": "tea 1", "name": " ", "price": "-4.999", "stock": -1});
    let refused = client.post("/products", &wrong).await;
    assert_eq!(refused.refused(), (422, "invalid"));
    assert_eq!(refused.codes("name"), ["blank"]);
    assert_eq!(refused.codes("sku"), ["invalid"]);
    assert_eq!(refused.codes("price"), ["max_digits", "min_value"]);
    assert_eq!(refused.codes("stock"), ["min_value"]);
    assert_eq!(client.post("/products", &json!({"sku": "x"})).await.refused(), (422, "unreadable"));
    assert_eq!(Product::objects().count(&db).await?, 1);
    Ok(())
}

#[orm::test(models = MODELS)]
async fn deliveries_are_counted_in_one_statement(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let products = ProductFactory::create_many(&db, 16, |product| product.stock(1)).await?;
    let mut deliveries: Vec<Value> =
        products.iter().rev().map(|product| json!({"product": product.id, "pieces": 4})).collect();
    deliveries.push(json!({"product": products[3].id, "pieces": 10}));
    // They are read and locked by one statement, and written by another.
    let answer = assert_queries!(2, client.post("/products/deliveries", &json!(deliveries))).ok();
    assert_eq!(answer[3]["stock"], 15);
    let stock = Product::objects().order_by(|p| p.id).values(|p| p.stock).all(&db).await?;
    assert_eq!(stock.iter().sum::<i32>(), 16 * 5 + 10);
    assert_eq!(stock[3], 15);
    Ok(())
}

#[orm::test(models = MODELS)]
async fn deliveries_are_counted_all_or_none(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let product = ProductFactory::new().create(&db).await?;
    let full = ProductFactory::new().stock(i32::MAX).create(&db).await?;
    let also = |other: Value| json!([{"product": product.id, "pieces": 4}, other]);
    let wrong = [
        (json!({"product": 999_999, "pieces": 1}), 404),
        (json!({"product": full.id, "pieces": 1}), 422),
        (json!({"product": full.id, "pieces": 0}), 422),
        (json!({"product": full.id, "pieces": -1}), 422),
    ];
    for (other, status) in wrong {
        let refused = client.post("/products/deliveries", &also(other)).await;
        assert_eq!(refused.status, status, "{}", refused.body);
    }
    assert_eq!(Product::objects().pk(product.id).get(&db).await?.stock, 10);
    Ok(())
}

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}
