//! The rows that an empty shop is filled with.

use orm::prelude::*;
use orm::testing::TestDatabase;
use shop::models::{MODELS, Order, OrderLine, Post, Product, Tag, User};
use shop::seed;

use crate::client::Client;

#[orm::test(models = MODELS)]
async fn an_empty_shop_is_filled_once(db: TestDatabase) -> orm::Result<()> {
    for _ in 0..2 {
        seed::fill_if_empty(&db).await?;
        assert_eq!(User::objects().count(&db).await?, seed::USERS as u64);
        assert_eq!(Tag::objects().count(&db).await?, seed::TAGS as u64);
        assert_eq!(Post::objects().count(&db).await?, seed::POSTS as u64);
        assert_eq!(Product::objects().count(&db).await?, seed::PRODUCTS as u64);
        assert_eq!(Order::objects().count(&db).await?, seed::ORDERS as u64);
    }
    let lines = OrderLine::objects().aggregate(&db, |l| l.amount.sum()).await?;
    assert_eq!(Order::objects().aggregate(&db, |o| o.total.sum()).await?, lines);
    let recent = Client::of(&db).get("/posts/recent").await.ok();
    assert_eq!(recent.as_array().map(Vec::len), Some(20));
    assert_eq!(recent[0]["title"], "Notes from a rainy morning (250)");
    assert!(recent.as_array().is_some_and(|posts| posts.iter().all(|post| post["tags"][0].is_string())));
    Ok(())
}

#[orm::test(models = [], isolated)]
async fn tables_are_made_where_there_are_none(db: TestDatabase) -> orm::Result<()> {
    assert!(User::objects().exists(&db).await.is_err());
    for _ in 0..2 {
        seed::create_tables(&db).await?;
        assert_eq!(User::objects().count(&db).await?, 0);
    }
    Ok(())
}
