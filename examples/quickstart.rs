//! A small shop on an embedded database: `cargo run --example quickstart`.
//!
//! On a server: `cargo run --example quickstart --features postgres -- --url postgres://user:password@localhost/shop`
//! (for MySQL or MariaDB `--features mysql` and a `mysql://` URL).

use orm::prelude::*;
use orm::{AnyBackend, AnyDatabase};

#[derive(Model, Debug, Clone)]
#[model(table = "quickstart_product", ordering = [name])]
pub struct Product {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100, unique)]
    pub name: String,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
    #[field(default = 0)]
    pub stock: i32,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "quickstart_user")]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 150, unique)]
    pub username: String,
    pub email: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "quickstart_post", ordering = [-created_at])]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = 0)]
    pub views: i64,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let url = url_argument();
    let db = orm::connect(&url).await?;
    println!("A shop on {}\n", db.dialect().name());

    db.drop_tables(models![Post, User, Product]).await?;
    db.create_tables(models![Product, User, Post]).await?;
    println!("1. Three tables were created from three structs.\n");

    create(&db).await?;
    read(&db).await?;
    across_relations(&db).await?;
    stream(&db).await?;
    change(&db).await?;
    mistakes(&db).await?;

    db.drop_tables(models![Post, User, Product]).await
}

async fn create(db: &AnyDatabase) -> orm::Result<()> {
    println!("2. Rows are created; the database gives keys, defaults and times.");
    for (name, cents, stock) in
        [("Teapot", 2490, 12), ("Teacup", 650, 40), ("Kettle", 4900, 0), ("Spoon", 199, 200)]
    {
        let product = Product::objects()
            .create(db, |p| p.name(name).price(Decimal::new(cents, 2)).stock(stock))
            .await?;
        println!(
            "   #{} {:8} {:>6}  created {}",
            product.id, product.name, product.price, product.created_at
        );
    }
    println!();
    Ok(())
}

async fn read(db: &AnyDatabase) -> orm::Result<()> {
    println!("3. Querysets are lazy values: build one, look at its SQL, run it, run a part of it.");
    let affordable = Product::objects()
        .filter(|p| p.price.lt(Decimal::from(30)) & (p.name.istartswith("tea") | p.stock.gt(100)))
        .order_by(|p| p.price.desc());
    show(db, &affordable)?;
    for product in affordable.clone().all(db).await? {
        println!("   {:8} {:>6}", product.name, product.price);
    }
    println!("   count: {}", affordable.clone().count(db).await?);
    println!("   sold out: {}\n", Product::objects().filter(|p| p.stock.eq(0)).exists(db).await?);
    Ok(())
}

async fn across_relations(db: &AnyDatabase) -> orm::Result<()> {
    println!("4. A path across a foreign key is a join; the related key itself needs none.");
    let ann = User::objects().create(db, |u| u.username("ann").email("ann@example.org")).await?;
    let bob = User::objects().create(db, |u| u.username("bob")).await?;
    for (author, title, views) in
        [(&ann, "How to boil water", 120), (&bob, "100% tea", 7), (&ann, "Spoons, ranked", 55)]
    {
        Post::objects().create(db, |p| p.author(author).title(title).views(views)).await?;
    }
    let by_ann = Post::objects().filter(|p| p.author.username.eq("ann")).order_by(|p| p.views);
    show(db, &by_ann)?;
    for post in by_ann.all(db).await? {
        println!("   {} ({} views)", post.title, post.views);
    }
    let literal = Post::objects().filter(|p| p.title.contains("100%") & p.author.eq(&bob));
    show(db, &literal)?;
    println!("   `%` means itself: {}\n", literal.get(db).await?.title);
    Ok(())
}

async fn stream(db: &AnyDatabase) -> orm::Result<()> {
    println!("5. Any number of rows streams in constant memory.");
    let mut worth = Decimal::ZERO;
    let mut rows = Product::objects().filter(|p| p.stock.gt(0)).stream(db);
    while let Some(product) = rows.try_next().await? {
        worth += product.price * Decimal::from(product.stock);
    }
    println!("   the stock is worth {worth}\n");
    Ok(())
}

async fn change(db: &AnyDatabase) -> orm::Result<()> {
    println!("6. One row is saved, many are updated by an expression on their own columns.");
    let mut kettle = Product::objects().filter(|p| p.name.eq("Kettle")).get(db).await?;
    kettle.stock = 5;
    kettle.save(db).await?;
    let raised = Product::objects()
        .filter(|p| p.price.lt(Decimal::from(10)))
        .update(db, |p| (p.price.set(p.price + Decimal::new(50, 2)), p.stock.set(p.stock - 1)))
        .await?;
    kettle.refresh(db).await?;
    println!("   {raised} prices were raised; the kettle's stock is {}", kettle.stock);
    let gone = Post::objects().filter(|p| p.views.lt(10)).delete(db).await?;
    println!("   {gone} post was deleted\n");
    Ok(())
}

async fn mistakes(db: &AnyDatabase) -> orm::Result<()> {
    println!("7. Errors have kinds that are the same on every database.");
    let twice = Product::objects().create(db, |p| p.name("Spoon").price(Decimal::ONE)).await;
    match twice {
        Err(error) if error.is_unique_violation() => println!("   {error}"),
        other => println!("   unexpected: {other:?}"),
    }
    if let Err(error) = Product::objects().create(db, |p| p.name("Atom").price(Decimal::new(12345, 4))).await
    {
        println!("   {error}");
    }
    if let Err(error) = Product::objects().pk(999).get(db).await {
        println!("   {error}");
    }
    Ok(())
}

fn show<M: orm::Model>(db: &orm::Database<AnyBackend>, queryset: &QuerySet<M>) -> orm::Result<()> {
    println!("   {}", queryset.clone().sql(db.dialect())?);
    Ok(())
}

fn url_argument() -> String {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--url"), Some(url)) => url,
        (None, _) => "sqlite::memory:".to_owned(),
        _ => {
            eprintln!("usage: quickstart [--url sqlite:…|postgres://…|mysql://…]");
            std::process::exit(2);
        }
    }
}
