//! A small blog, for the examples of orm-core.

use orm::Result;
pub use orm::prelude::*;
use orm::sqlite::Sqlite;

use crate::run::run;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 150, unique)]
    pub username: String,
    pub email: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = 0)]
    pub views: i64,
    pub stars: Option<i32>,
    #[field(auto_now)]
    pub changed_at: DateTime<Utc>,
}

/// Runs an example on an embedded database with two users and three posts.
///
/// # Errors
/// Those of the example.
pub fn blog(example: impl AsyncFnOnce(Database<Sqlite>) -> Result<()>) -> Result<()> {
    run(Box::pin(seeded()), example)
}

async fn seeded() -> Result<Database<Sqlite>> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![User, Post]).await?;
    let ann = User::objects().create(&db, |u| u.username("ann").email("ann@example.org")).await?;
    let bob = User::objects().create(&db, |u| u.username("bob")).await?;
    for (author, title, views, stars) in
        [(&ann, "Hello", 120, Some(5)), (&bob, "100% tea", 7, None), (&ann, "Spoons", 55, Some(3))]
    {
        Post::objects().create(&db, |p| p.author(author).title(title).views(views).stars(stars)).await?;
    }
    Ok(db)
}
