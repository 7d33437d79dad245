//! `#[orm::test]` as users write it, on the database that `ORM_TEST_URL` names, or SQLite.

use orm::prelude::*;
use orm::testing::TestDatabase;
use orm::{AnyDatabase, Database};

#[derive(Model, Debug, Clone)]
pub struct Person {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
}

async fn only_eve(db: &AnyDatabase) -> orm::Result<()> {
    assert_eq!(Person::objects().count(db).await?, 0);
    Person::objects().create(db, |p| p.name("eve")).await?;
    assert_eq!(Person::objects().count(db).await?, 1);
    Ok(())
}

#[orm::test(models = [Person])]
async fn rolled_back_1(db: TestDatabase) -> orm::Result<()> {
    only_eve(&db).await
}

#[orm::test(models = [Person])]
async fn rolled_back_2(db: &AnyDatabase) -> orm::Result<()> {
    only_eve(db).await
}

#[orm::test(models = models![Person])]
async fn rolled_back_3(db: &TestDatabase) {
    only_eve(db).await.unwrap();
    let again = Person::objects().create(db, |p| p.name("eve")).await;
    assert!(again.is_err_and(|error| error.is_unique_violation()));
    assert_eq!(Person::objects().count(db).await.unwrap(), 1);
    db.atomic(async |tx| Person::objects().delete(tx).await).await.unwrap();
    assert_eq!(Person::objects().count(db).await.unwrap(), 0);
}

#[orm::test(models = [Person], isolated)]
async fn isolated_1(db: AnyDatabase) -> orm::Result<()> {
    only_eve(&db).await
}

#[orm::test(models = [Person], isolated, worker_threads = 2)]
async fn isolated_2(db: Database<orm::AnyBackend>) -> orm::Result<()> {
    only_eve(&db).await
}

async fn eve(db: &AnyDatabase) -> orm::Result<()> {
    only_eve(db).await
}

#[orm::test(models = [Person], setup = eve)]
async fn filled_1(db: TestDatabase) -> orm::Result<()> {
    assert_eq!(Person::objects().get(&db).await?.name, "eve");
    Person::objects().delete(&db).await?;
    Ok(())
}

#[orm::test(models = [Person], setup = eve, isolated)]
async fn filled_2(db: TestDatabase) -> orm::Result<()> {
    assert_eq!(Person::objects().get(&db).await?.name, "eve");
    Person::objects().delete(&db).await?;
    Ok(())
}

#[orm::test]
#[should_panic(expected = "the test returned an error")]
async fn an_error_fails(db: TestDatabase) -> orm::Result<()> {
    Person::objects().get(&db).await.map(drop)
}
