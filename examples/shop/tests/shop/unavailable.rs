//! What a client is told when the database cannot be had, and what the health endpoint says of it.

use std::time::Duration;

use orm::testing::TestDatabase;
use serde_json::json;
use shop::models::MODELS;

use crate::client::Client;

#[orm::test(models = MODELS)]
async fn a_healthy_shop_shows_its_pool(db: TestDatabase) {
    let health = Client::of(&db).get("/health").await.ok();
    assert_eq!((&health["database"], &health["limiter"]), (&json!("ok"), &json!(null)));
    let status = db.pool_status();
    assert_eq!(health["pool"]["max"], json!(status.max));
    assert!(health["pool"]["open"].as_u64() > Some(0), "{health}");
}

/// On a pool of its own, whichever databases the other tests are on: what happens here happens before there is a connection.
#[tokio::test]
async fn without_a_connection_it_is_a_503_for_now() -> orm::Result<()> {
    let patience = Duration::from_millis(50);
    let db = orm::connect_with("sqlite::memory:", |pool| pool.acquire_timeout(patience)).await?;
    db.create_tables(MODELS).await?;
    let client = Client::of(&db);
    let holder = db.begin().await?;
    let refused = client.get("/posts/recent").await;
    assert_eq!(refused.refused(), (503, "unavailable"));
    assert_eq!(refused.headers["retry-after"], "1");
    let health = client.get("/health").await;
    assert_eq!((health.status.as_u16(), &health.body["database"]), (503, &json!("failing")));
    assert_eq!((&health.body["pool"]["in_use"], &health.body["pool"]["timeouts"]), (&json!(1), &json!(2)));

    holder.rollback().await?;
    assert_eq!(client.get("/posts/recent").await.status, 200);
    db.close().await;
    assert_eq!(client.get("/posts/recent").await.refused(), (503, "unavailable"));
    Ok(())
}
