//! Reports, of orders whose figures are known.

use orm::prelude::*;
use orm::testing::{Factory, TestDatabase};
use serde_json::json;
use shop::models::MODELS;

use crate::client::Client;
use crate::factory::{ProductFactory, UserFactory};

#[orm::test(models = MODELS)]
async fn turnover_is_by_month_and_product(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let users = UserFactory::create_many(&db, 2, |user| user).await?;
    let tea = ProductFactory::new().sku("tea").name("Tea").price(Decimal::new(250, 2)).create(&db).await?;
    let cup = ProductFactory::new().sku("cup").name("Cup").price(Decimal::new(1_199, 2)).create(&db).await?;
    let sold = [
        ("2030-01-05T00:00:00Z", 0, &tea, 4),
        ("2030-01-31T23:59:59Z", 1, &tea, 2),
        ("2030-01-31T23:59:59Z", 1, &cup, 1),
        ("2030-02-01T00:00:00Z", 0, &cup, 2),
    ];
    for (time, user, product, quantity) in sold {
        db.clock().set(time.parse().expect("a time"));
        let wanted = json!({"lines": [{"product": product.id, "quantity": quantity}]});
        client.as_user(users[user].id).post("/orders", &wanted).await.ok();
    }
    let line = |month: &str, sku: &str, name: &str, pieces: i64, turnover: &str| json!({"month": month, "sku": sku, "name": name, "pieces": pieces, "turnover": turnover});
    let (january, february) = ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z");
    let report = client.get("/reports/turnover").await.ok();
    assert_eq!(
        report,
        json!({
            "orders": 4, "customers": 2, "turnover": "50.97", "largest": "23.98",
            "products": [
                line(february, "cup", "Cup", 2, "23.98"),
                line(january, "tea", "Tea", 6, "15.00"),
                line(january, "cup", "Cup", 1, "11.99"),
            ],
        })
    );
    // From the first instant on, and before the second.
    let report = client.get(&format!("/reports/turnover?until={february}")).await.ok();
    assert_eq!((&report["orders"], &report["turnover"]), (&json!(3), &json!("26.99")));
    let report = client.get(&format!("/reports/turnover?from={february}")).await.ok();
    assert_eq!((&report["orders"], report["products"].as_array().map(Vec::len)), (&json!(1), Some(1)));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn a_shop_without_orders_has_a_report(db: TestDatabase) {
    let report = Client::of(&db).get("/reports/turnover").await.ok();
    assert_eq!((&report["orders"], &report["largest"]), (&json!(0), &json!("0.00")));
    assert_eq!(report["products"], json!([]));
}
