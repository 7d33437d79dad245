//! Products with a JSON document, for the examples about JSON.

use orm::Result;
pub use orm::prelude::*;
pub use orm::serde_json::{Value as JsonValue, json};
use orm::sqlite::Sqlite;

use crate::run::run;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Product {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub data: JsonValue,
}

/// Runs an example on an embedded database with three products.
///
/// # Errors
/// Those of the example.
pub fn shelf(example: impl AsyncFnOnce(Database<Sqlite>) -> Result<()>) -> Result<()> {
    run(Box::pin(seeded()), example)
}

async fn seeded() -> Result<Database<Sqlite>> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![Product]).await?;
    for (name, data) in [
        (
            "kettle",
            json!({"brand": "Acme", "watts": 2000, "tags": ["steel", "fast"], "size": {"cm": [20, 30.5]}}),
        ),
        ("cup", json!({"brand": "Bowl", "watts": null, "tags": ["blue"]})),
        ("spoon", json!({"brand": "acme", "tags": []})),
    ] {
        Product::objects().create(&db, |p| p.name(name).data(data)).await?;
    }
    Ok(db)
}
