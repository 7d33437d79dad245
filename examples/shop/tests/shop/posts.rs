//! Posts: the newest, one, found ones, new ones.

use orm::assert_queries;
use orm::prelude::*;
use orm::testing::{Factory, TestDatabase};
use serde_json::{Value, json};
use shop::models::{MODELS, Post, PostTags, Tag};

use crate::client::Client;
use crate::factory::{PostFactory, TagFactory, UserFactory};

#[orm::test(models = MODELS)]
async fn the_newest_are_two_statements(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let ann = UserFactory::new().username("ann").create(&db).await?;
    let tags =
        [TagFactory::new().name("tea").create(&db).await?, TagFactory::new().name("cups").create(&db).await?];
    let time = |hour| DateTime::UNIX_EPOCH + TimeDelta::hours(hour);
    let old = PostFactory::new().author(&ann).title("Old").created_at(time(1)).create(&db).await?;
    let new = PostFactory::new().author(&ann).title("New").created_at(time(2)).create(&db).await?;
    new.related(|p| p.tags).add(&db, &tags).await?;
    let author = json!({"id": ann.id, "username": "ann"});
    let recent = assert_queries!(2, client.get("/posts/recent")).ok();
    assert_eq!(
        recent,
        json!([
            {"id": new.id, "title": "New", "created_at": "1970-01-01T02:00:00Z", "author": author, "tags": ["cups", "tea"]},
            {"id": old.id, "title": "Old", "created_at": "1970-01-01T01:00:00Z", "author": author, "tags": []},
        ])
    );
    PostFactory::create_many(&db, 30, |post| post.author(&ann)).await?;
    let recent = assert_queries!(2, client.get("/posts/recent")).ok();
    assert_eq!(recent.as_array().map(Vec::len), Some(20));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn one_is_a_nested_object(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let post = PostFactory::new().body("Hot.").create(&db).await?;
    let tag = TagFactory::new().create(&db).await?;
    post.related(|p| p.tags).add(&db, [&tag]).await?;
    let found = client.get(&format!("/posts/{}", post.id)).await.ok();
    assert_eq!((&found["body"], &found["author"]["id"]), (&json!("Hot."), &json!(post.author.key())));
    assert_eq!(found["tags"], json!([{"id": tag.id, "name": tag.name}]));
    assert_eq!(client.get("/posts/999999").await.refused(), (404, "not_found"));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn they_are_found_by_title_author_and_tag(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let ann = UserFactory::new().username("ann").create(&db).await?;
    let tea = TagFactory::new().name("tea").create(&db).await?;
    for (hour, (title, by_ann, tagged)) in
        [("Hot water", true, true), ("Cold water", true, false), ("Hot milk", false, true)]
            .into_iter()
            .enumerate()
    {
        let time = DateTime::UNIX_EPOCH + TimeDelta::hours(i64::try_from(hour).expect("an hour"));
        let mut post = PostFactory::new().title(title).created_at(time);
        if by_ann {
            post = post.author(&ann);
        }
        let post = post.create(&db).await?;
        if tagged {
            post.related(|p| p.tags).add(&db, [&tea]).await?;
        }
    }
    let titles = async |query: &str| titles(&client.get(&format!("/posts{query}")).await.ok());
    assert_eq!(titles("").await, ["Hot milk", "Cold water", "Hot water"]);
    assert_eq!(titles("?q=HOT").await, ["Hot milk", "Hot water"]);
    assert_eq!(titles("?author=ann").await, ["Cold water", "Hot water"]);
    assert_eq!(titles("?tag=tea&author=ann").await, ["Hot water"]);
    assert!(titles("?tag=coffee").await.is_empty());

    let first = client.get("/posts?limit=2").await.ok();
    let next = first["next"].as_str().expect("a next page");
    let second = client.get(&format!("/posts?limit=2&after={next}")).await.ok();
    assert_eq!(self::titles(&second), ["Hot water"]);
    assert!(second["next"].is_null());
    let card = &second["items"][0];
    assert_eq!((&card["author"]["username"], &card["tags"]), (&json!("ann"), &json!(["tea"])));
    Ok(())
}

#[orm::test(models = MODELS)]
async fn they_are_written_by_the_caller(db: TestDatabase) -> orm::Result<()> {
    let client = Client::of(&db);
    let ann = UserFactory::new().username("ann").create(&db).await?;
    TagFactory::new().name("tea").create(&db).await?;
    let new = json!({"title": "Hello", "body": "World", "tags": ["water", "tea", "tea"]});
    let answer = client.as_user(ann.id).post("/posts", &new).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["author"]["username"], "ann");
    let tags: Vec<&Value> =
        answer.body["tags"].as_array().expect("tags").iter().map(|tag| &tag["name"]).collect();
    assert_eq!(tags, ["tea", "water"]);
    assert_eq!((Tag::objects().count(&db).await?, PostTags::objects().count(&db).await?), (2, 2));

    assert_eq!(client.post("/posts", &new).await.refused(), (401, "no_user"));
    // Nobody of that name: neither the post is there then, nor a tag that was made for it.
    let of_nobody = json!({"title": "Hello", "body": "World", "tags": ["new"]});
    assert_eq!(client.as_user(999_999).post("/posts", &of_nobody).await.refused(), (409, "no_such_row"));
    assert_eq!((Post::objects().count(&db).await?, Tag::objects().count(&db).await?), (1, 2));

    let wrong = json!({"title": "Bell \u{7}", "body": "", "tags": ["no slug"]});
    let refused = client.as_user(ann.id).post("/posts", &wrong).await;
    assert_eq!(refused.refused(), (422, "invalid"));
    assert_eq!((refused.codes("title"), refused.codes("body")), (vec!["invalid"], vec!["blank"]));
    assert_eq!(refused.codes("tags"), ["slug"]);
    Ok(())
}

fn titles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
}
