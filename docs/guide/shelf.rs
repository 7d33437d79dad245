// Products with a JSON document, that the examples about JSON run on: their hidden lines include this file.

use orm::prelude::*;
use orm::serde_json::{Value as JsonValue, json};

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Product {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub data: JsonValue,
}

/// Runs an example on an embedded database with three products.
#[tokio::main(flavor = "current_thread")]
async fn shelf(
    example: impl AsyncFnOnce(Database<orm::sqlite::Sqlite>) -> orm::Result<()>,
) -> orm::Result<()> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![Product]).await?;
    for (name, data) in [
        ("kettle", json!({"brand": "Acme", "watts": 2000, "tags": ["steel", "fast"], "size": {"cm": [20, 30.5]}})),
        ("cup", json!({"brand": "Bowl", "watts": null, "tags": ["blue"]})),
        ("spoon", json!({"brand": "acme", "tags": []})),
    ] {
        Product::objects().create(&db, |p| p.name(name).data(data)).await?;
    }
    example(db).await
}
