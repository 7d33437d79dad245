//! SQLite: a file of each test's own in a temporary directory, as programs use it.

use std::pin::Pin;

use super::{AsyncCleanUp, Fresh, Killable, TestDatabase};

pub struct Sqlite;

#[cfg(feature = "sqlite")]
impl TestDatabase for Sqlite {
    type Backend = orm::sqlite::Sqlite;

    async fn fresh() -> Option<Fresh<Self::Backend>> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let url = format!("sqlite:{}", directory.path().join("test.db").display());
        let db = orm::sqlite::connect(&url).await.expect("the database opens");
        Some(Fresh { db, url, drop: Box::new(Directory(directory)) })
    }

    fn server() -> Option<String> {
        Some("sqlite::memory:".to_owned())
    }

    async fn reach(url: &str) -> orm::Result<orm::Database<Self::Backend>> {
        orm::sqlite::connect(url).await
    }

    fn killable() -> Option<Killable> {
        None
    }
}

struct Directory(tempfile::TempDir);

impl AsyncCleanUp for Directory {
    fn run<'a>(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + 'a>>
    where
        Self: 'a,
    {
        Box::pin(async move { drop(self.0) })
    }
}
