//! Users: they register, and have a profile.

use orm::assert_queries;
use orm::prelude::*;
use orm::testing::{Factory, TestDatabase};
use serde_json::{Value, json};
use shop::models::{MODELS, User};

use crate::client::Client;
use crate::factory::{PostFactory, TagFactory, UserFactory};

#[orm::test(models = MODELS)]
async fn they_register(db: TestDatabase) -> orm::Result<()> {
    db.clock().set("2030-01-01T12:00:00Z".parse().expect("a time"));
    let client = Client::of(&db);
    // Keys and times of rows are not for clients to say.
    let new = json!({"username": "ann", "email": "ann@example.org", "id": 77, "created_at": "1999-01-01T00:00:00Z"});
    let answer = client.post("/users", &new).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["created_at"], "2030-01-01T12:00:00Z");
    assert!(answer.body.get("email").is_none(), "addresses are not told: {}", answer.body);
    let ann = User::objects().get(&db).await?;
    assert_eq!((ann.email.as_deref(), ann.id == 77), (Some("ann@example.org"), false));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn a_name_is_taken_once_and_has_a_form(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    UserFactory::new().username("ann").create(&db).await?;
    assert_eq!(client.post("/users", &json!({"username": "ann"})).await.refused(), (409, "taken"));
    let refused = client.post("/users", &json!({"username": "A!", "email": "at home"})).await;
    assert_eq!(refused.refused(), (422, "invalid"));
    assert_eq!(refused.codes("username"), ["min_length", "invalid"]);
    assert_eq!(refused.codes("email"), ["invalid"]);
    Ok(())
}

#[orm::test(models = MODELS)]
async fn a_profile_has_the_newest_posts_with_their_tags(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let ann = UserFactory::new().username("ann").create(&db).await?;
    let tag = TagFactory::new().name("tea").create(&db).await?;
    for hour in 0..7 {
        let time = DateTime::UNIX_EPOCH + TimeDelta::hours(hour);
        let post =
            PostFactory::new().author(&ann).title(format!("At {hour}")).created_at(time).create(&db).await?;
        post.related(|p| p.tags).add(&db, [&tag]).await?;
    }
    PostFactory::new().create(&db).await?;
    // The user, five posts, the tags of all five.
    let profile = assert_queries!(3, client.get(&format!("/users/{}", ann.id))).ok();
    assert_eq!((&profile["username"], profile.get("email")), (&json!("ann"), None));
    let posts = profile["posts"].as_array().expect("posts");
    let titles: Vec<&Value> = posts.iter().map(|post| &post["title"]).collect();
    assert_eq!(titles, ["At 6", "At 5", "At 4", "At 3", "At 2"]);
    assert_eq!(posts[0]["tags"], json!([{"id": tag.id, "name": "tea"}]));
    assert_eq!(client.get("/users/999999").await.refused(), (404, "not_found"));
    Ok(())
}
