//! The chapter about deleting.

use orm::Result;
pub use orm::prelude::*;
use orm::sqlite::Sqlite;

use crate::run::run;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(artists = Artist::label))]
pub struct Label {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(albums = Album::artist, songs = Song::artist, contracts = Contract::artist))]
pub struct Artist {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = set(ForeignKey::new(1)))]
    pub label: ForeignKey<Label>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(songs = Song::album))]
pub struct Album {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub artist: ForeignKey<Artist>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(plays = Play::song))]
pub struct Song {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub artist: ForeignKey<Artist>,
    #[field(on_delete = restrict)]
    pub album: ForeignKey<Album>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Play {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = set_null)]
    pub song: Option<ForeignKey<Song>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Contract {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = protect)]
    pub artist: ForeignKey<Artist>,
}

/// Runs an example on an embedded database with two labels, each with an artist, who each have an album with two songs
/// that were played once; the first artist has a contract.
///
/// # Errors
/// Those of the example.
pub fn music(example: impl AsyncFnOnce(Database<Sqlite>) -> Result<()>) -> Result<()> {
    run(Box::pin(seeded()), example)
}

async fn seeded() -> Result<Database<Sqlite>> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![Label, Artist, Album, Song, Play, Contract]).await?;
    for _ in 0..2 {
        let label = Label::objects().create(&db, |l| l).await?;
        let artist = Artist::objects().create(&db, |a| a.label(&label)).await?;
        let album = Album::objects().create(&db, |a| a.artist(&artist)).await?;
        for _ in 0..2 {
            let song = Song::objects().create(&db, |s| s.artist(&artist).album(&album)).await?;
            Play::objects().create(&db, |p| p.song(&song)).await?;
        }
    }
    Contract::objects().create(&db, |c| c.artist(ForeignKey::new(1))).await?;
    Ok(db)
}
