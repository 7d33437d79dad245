//! `#[orm::test]` with arguments, models and results of other types.
#![cfg(test)]

use orm::prelude::*;
use orm::testing::TestDatabase;

#[derive(Model)]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
}

#[orm::test(models = [User])]
async fn another_argument(name: String) {}

#[orm::test(models = 3)]
async fn no_models(db: TestDatabase) {}

#[orm::test]
async fn another_result(db: TestDatabase) -> i32 {
    3
}

fn main() {}
