//! `#[orm::test]` on what is no test, with options that there are not.

use orm::AnyDatabase;
use orm::prelude::*;
use orm::testing::TestDatabase;

#[derive(Model)]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
}

#[orm::test(models = [User])]
fn not_async(db: TestDatabase) {}

#[orm::test(model = [User], url = "sqlite::memory:")]
async fn unknown_options(db: TestDatabase) {}

#[orm::test(models = [User])]
async fn without_a_database() {}

#[orm::test]
async fn any_executor(db: &impl orm::backend::Executor) {}

#[orm::test]
async fn two_arguments(db: TestDatabase, user: User) {}

#[orm::test(isolated = true, worker_threads = 0)]
async fn odd_values(db: &AnyDatabase) {}

fn main() {}
