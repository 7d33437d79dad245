//! Documents in a table: `cargo run --example json`.
//!
//! On a server: `cargo run --example json --features postgres -- --url postgres://user:password@localhost/shop`
//! (for MySQL or MariaDB `--features mysql` and a `mysql://` URL).

use orm::AnyDatabase;
use orm::prelude::*;
use orm::serde_json::{Value as JsonValue, json};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "json_product", ordering = [id])]
pub struct Product {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    /// Whatever its maker says of it.
    pub data: JsonValue,
    /// Always of the same form.
    pub size: Json<Size>,
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let db = orm::connect(&url_argument()).await?;
    println!("Documents on {}\n", db.dialect().name());
    db.drop_tables(models![Product]).await?;
    db.create_tables(models![Product]).await?;
    fill(&db).await?;
    find(&db).await?;
    contain(&db).await?;
    read(&db).await?;
    change(&db).await?;
    db.drop_tables(models![Product]).await
}

async fn fill(db: &AnyDatabase) -> orm::Result<()> {
    for (name, data, width, height) in [
        ("kettle", json!({"brand": "Acme", "watts": 2000, "tags": ["steel", "fast"]}), 20.0, 30.5),
        ("cup", json!({"brand": "Bowl", "watts": null, "tags": ["blue"]}), 8.0, 9.0),
        ("spoon", json!({"brand": "acme", "tags": []}), 2.5, 15.0),
    ] {
        let size = Json(Size { width, height });
        Product::objects().create(db, |p| p.name(name).data(data).size(size)).await?;
    }
    Ok(())
}

async fn find(db: &AnyDatabase) -> orm::Result<()> {
    println!("1. By what is at a key: equal, ordered, as text, missing or JSON's own null.");
    show(db, "watts > 1000", Product::objects().filter(|p| p.data.key("watts").gt(1_000))).await?;
    show(db, "brand is Acme", Product::objects().filter(|p| p.data.key("brand").eq("Acme"))).await?;
    show(db, "brand is acme in any case", Product::objects().filter(|p| p.data.key("brand").iexact("ACME")))
        .await?;
    show(db, "watts are unknown", Product::objects().filter(|p| p.data.key("watts").is_json_null())).await?;
    show(db, "watts are missing", Product::objects().filter(|p| p.data.key("watts").is_null())).await?;
    show(
        db,
        "the first tag is steel",
        Product::objects().filter(|p| p.data.key("tags").index(0).eq("steel")),
    )
    .await?;
    show(db, "a typed document", Product::objects().filter(|p| p.size.key("width").lt(10))).await
}

async fn contain(db: &AnyDatabase) -> orm::Result<()> {
    println!("\n2. By what a document contains, as PostgreSQL's @> means it, on every database.");
    let steel = json!({"tags": ["steel"]});
    show(db, "contains a tag", Product::objects().filter(|p| p.data.contains(steel))).await?;
    let some = json!(["steel", "blue", "fast"]);
    show(db, "no other tags", Product::objects().filter(|p| p.data.key("tags").contained_by(some))).await?;
    show(db, "has the key", Product::objects().filter(|p| p.data.has_key("watts"))).await
}

async fn read(db: &AnyDatabase) -> orm::Result<()> {
    println!("\n3. Values out of documents, and documents made of values.");
    let rows = Product::objects()
        .order_by(|p| (p.data.key("watts").as_i64().desc().nulls_last(), p.id))
        .values(|p| (p.name, p.data.key("watts").as_i64(), p.data.key("tags").json_length()))
        .all(db)
        .await?;
    for (name, watts, tags) in rows {
        println!("   {name:8} watts {watts:?}, {} tags", tags.unwrap_or(0));
    }
    let cards = Product::objects()
        .values(|p| {
            json_object().with("name", p.name).with("brand", p.data.key("brand")).with("size", p.size)
        })
        .all(db)
        .await?;
    for card in cards {
        println!("   {card}");
    }
    Ok(())
}

async fn change(db: &AnyDatabase) -> orm::Result<()> {
    println!("\n4. Keys are set and removed in the database.");
    Product::objects()
        .filter(|p| p.data.has_key("watts"))
        .update(db, |p| p.data.set(p.data.set_key("label", p.name).remove_key("tags")))
        .await?;
    for data in Product::objects().values(|p| p.data).all(db).await? {
        println!("   {data}");
    }
    Ok(())
}

async fn show(db: &AnyDatabase, what: &str, query: QuerySet<Product>) -> orm::Result<()> {
    let names = query.values(|p| p.name).all(db).await?;
    println!("   {what}: {}", names.join(", "));
    Ok(())
}

fn url_argument() -> String {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--url"), Some(url)) => url,
        (None, _) => "sqlite::memory:".to_owned(),
        _ => {
            eprintln!("usage: json [--url sqlite:…|postgres://…|mysql://…]");
            std::process::exit(2);
        }
    }
}
