//! The section about soft deletion.

use orm::Result;
pub use orm::prelude::*;
use orm::sqlite::Sqlite;

use crate::run::run;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(soft_delete = deleted_at, has_many(notes = Note::folder))]
pub struct Folder {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50)]
    pub name: String,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(soft_delete = deleted_at)]
pub struct Note {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub folder: ForeignKey<Folder>,
    #[field(max_length = 200)]
    pub text: String,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Runs an example on an embedded database with a folder and three notes in it.
///
/// # Errors
/// Those of the example.
pub fn notebook(example: impl AsyncFnOnce(Database<Sqlite>) -> Result<()>) -> Result<()> {
    run(Box::pin(seeded()), example)
}

async fn seeded() -> Result<Database<Sqlite>> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![Folder, Note]).await?;
    let shopping = Folder::objects().create(&db, |f| f.name("Shopping")).await?;
    for text in ["Milk", "Tea", "Bread"] {
        Note::objects().create(&db, |n| n.folder(&shopping).text(text)).await?;
    }
    Ok(db)
}
