//! Deletion of rows that others point at; each scenario begins with the same rows.

use orm::prelude::*;
use orm::{Error, Model};

use super::scenarios;
use crate::answer::{Answer, Db};
use crate::models::{Deal, Hearing, Record, Singer, Song};

/// The same rows each time.
async fn rows(db: &Db) -> orm::Result<()> {
    Hearing::objects().delete(db).await?;
    Deal::objects().delete(db).await?;
    Song::objects().delete(db).await?;
    Record::objects().delete(db).await?;
    Singer::objects().delete(db).await?;
    for singer in 1..6 {
        let singer = Singer::objects().create(db, |s| s.id(singer)).await?;
        for record in [singer.id * 10, singer.id * 10 + 1] {
            let record = Record::objects().create(db, |r| r.id(record).singer(&singer)).await?;
            for song in [record.id * 10, record.id * 10 + 1] {
                let song = Song::objects().create(db, |s| s.id(song).singer(&singer).record(&record)).await?;
                Hearing::objects().create(db, |h| h.id(song.id).song(&song).singer(&singer)).await?;
            }
        }
    }
    // The second one's song on a record of the third; covers, two of them of each other; deals.
    let song = |id: i64| Song::objects().filter(move |s| s.id.eq(id));
    song(201).update(db, |s| s.record.set(ForeignKey::new(30))).await?;
    for (cover, of) in [(310, 500), (510, 511), (511, 510)] {
        song(cover).update(db, |s| s.cover_of.set(ForeignKey::new(of))).await?;
    }
    for (id, singer, record) in [(1, 1, Some(20)), (2, 4, None), (3, 4, Some(40))] {
        let record = record.map(ForeignKey::<Record>::new);
        Deal::objects().create(db, |d| d.id(id).singer(ForeignKey::new(singer)).record(record)).await?;
    }
    Ok(())
}

async fn delete<M: Model>(db: &Db, rows: QuerySet<M>) -> orm::Result<impl Answer> {
    let (total, mut found) = match rows.delete_collected(db).await {
        Ok(deleted) => {
            let found: Vec<_> = deleted.by_model().map(|(model, rows)| (model, rows.cast_signed())).collect();
            (Some(deleted.total), found)
        }
        Err(Error::Protected(error)) => {
            let mut found = Vec::new();
            found.extend(error.keys::<Deal>()?.into_iter().map(|key| ("Deal", key)));
            found.extend(error.keys::<Song>()?.into_iter().map(|key| ("Song", key)));
            (None, found)
        }
        Err(error) => return Err(error),
    };
    found.sort_unstable();
    found.dedup();
    let found = match total {
        Some(total) => (total, found).json(),
        None => found.json(),
    };
    let left = (
        Singer::objects().order_by(|s| s.id).values(|s| s.id).all(db).await?,
        Record::objects().order_by(|r| r.id).values(|r| r.id).all(db).await?,
        Song::objects().order_by(|s| s.id).values(|s| s.id).all(db).await?,
        Deal::objects().order_by(|d| d.id).values(|d| d.id).all(db).await?,
    );
    let hearings = Hearing::objects().order_by(|h| h.id).values(|h| (h.id, h.song, h.singer)).all(db).await?;
    Ok(Done(vec![found, left.json(), hearings.json()]))
}

/// An answer that is in its common form already.
struct Done(Vec<orm::serde_json::Value>);

impl Answer for Done {
    fn json(self) -> orm::serde_json::Value {
        self.0.into()
    }
}

scenarios! { "deletion":
    nothing(db) {
        rows(db).await?;
        delete(db, Singer::objects().filter(|s| s.id.eq(0))).await?
    }
    chain_with_values(db) {
        rows(db).await?;
        delete(db, Singer::objects().filter(|s| s.id.eq(5))).await?
    }
    two_with_a_common_record(db) {
        rows(db).await?;
        delete(db, Singer::objects().filter(|s| s.id.is_in([2, 3]))).await?
    }
    restricted_by_another(db) {
        rows(db).await?;
        delete(db, Singer::objects().filter(|s| s.id.eq(3))).await?
    }
    restricted_alone(db) {
        rows(db).await?;
        delete(db, Record::objects().filter(|r| r.singer.id.eq(5))).await?
    }
    protected(db) {
        rows(db).await?;
        delete(db, Singer::objects().filter(|s| s.id.is_in([4, 5]))).await?
    }
    protected_by_what_would_go(db) {
        rows(db).await?;
        Song::objects().filter(|s| s.record.id.eq(40)).delete_collected(db).await?;
        delete(db, Singer::objects().filter(|s| s.id.eq(4))).await?
    }
    circle(db) {
        rows(db).await?;
        delete(db, Song::objects().filter(|s| s.id.eq(510))).await?
    }
    tree(db) {
        rows(db).await?;
        delete(db, Song::objects().filter(|s| s.id.eq(500))).await?
    }
    leaf(db) {
        rows(db).await?;
        delete(db, Deal::objects().filter(|d| d.id.gt(1))).await?
    }
}
