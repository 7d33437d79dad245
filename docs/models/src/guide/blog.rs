//! The small blog of most chapters.

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
pub struct Category {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50)]
    pub name: String,
    pub parent: Option<ForeignKey<Category>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>,
    pub category: Option<ForeignKey<Category>>,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = 0)]
    pub views: i64,
    pub stars: Option<i32>,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Option<Decimal>,
    pub created_at: DateTime<Utc>,
}

/// Runs an example on an embedded database with three users, three categories and four posts.
///
/// # Errors
/// Those of the example.
pub fn blog(example: impl AsyncFnOnce(Database<Sqlite>) -> Result<()>) -> Result<()> {
    run(Box::pin(seeded()), example)
}

async fn seeded() -> Result<Database<Sqlite>> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![User, Category, Post]).await?;
    let ann = User::objects().create(&db, |u| u.username("ann").email("ann@example.org")).await?;
    let bob = User::objects().create(&db, |u| u.username("bob")).await?;
    User::objects().create(&db, |u| u.username("eve")).await?; // who has written nothing
    let food = Category::objects().create(&db, |c| c.name("Food")).await?;
    let drink = Category::objects().create(&db, |c| c.name("Drink").parent(&food)).await?;
    let tea = Category::objects().create(&db, |c| c.name("Tea").parent(&drink)).await?;
    let day = |text: &str| format!("{text}T12:30:00Z").parse::<DateTime<Utc>>().unwrap_or_default();
    let post = Post::objects;
    post()
        .create(&db, |p| p.author(&ann).title("Hello").views(120).stars(5).created_at(day("2024-01-05")))
        .await?;
    post()
        .create(&db, |p| {
            let p = p.author(&bob).category(&tea).title("100% tea").views(7);
            p.price(Decimal::new(499, 2)).created_at(day("2024-03-01"))
        })
        .await?;
    post()
        .create(&db, |p| {
            let p = p.author(&ann).category(&food).title("Spoons").views(55).stars(3);
            p.price(Decimal::new(250, 2)).created_at(day("2024-03-20"))
        })
        .await?;
    post()
        .create(&db, |p| {
            let p = p.author(&bob).category(&food).title("Kettles").views(55).stars(4);
            p.price(Decimal::new(4900, 2)).created_at(day("2025-01-10"))
        })
        .await?;
    Ok(db)
}
