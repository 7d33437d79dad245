//! SQL of one's own: whole statements with `raw!`, expressions in typed queries with `sql!`. Run with
//! `cargo run --example raw_sql`.

use orm::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct Track {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    #[field(max_length = 100)]
    pub artist: String,
    pub seconds: i32,
    pub plays: i64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> orm::Result<()> {
    let db = orm::sqlite::connect("sqlite::memory:").await?;
    db.create_tables(models![Track]).await?;
    for (title, artist, seconds, plays) in [
        ("Blue in Green", "Miles Davis", 337, 40),
        ("So What", "Miles Davis", 562, 90),
        ("Naima", "John Coltrane", 261, 70),
        ("Giant Steps", "John Coltrane", 286, 10),
    ] {
        Track::objects().create(&db, |t| t.title(title).artist(artist).seconds(seconds).plays(plays)).await?;
    }

    // Values stand between braces. They are bound as parameters, whatever is in them.
    let artist = "Miles Davis'; DROP TABLE track; --";
    let none = orm::raw!("SELECT * FROM track WHERE artist = {artist}").fetch::<Track>(&db).await?;
    assert!(none.is_empty());

    // Models are read by the columns' names: the order does not matter, and further columns are ignored.
    let least = 30;
    let best = orm::raw!(
        "SELECT rank() OVER (PARTITION BY artist ORDER BY plays DESC) AS place, track.*
         FROM track WHERE plays > {least} ORDER BY plays DESC"
    );
    for track in best.fetch::<Track>(&db).await? {
        println!("{:>3} plays: {} by {}", track.plays, track.title, track.artist);
    }

    // Tuples and single values are read by position.
    let totals = orm::raw!("SELECT artist, SUM(plays) FROM track GROUP BY artist ORDER BY 2 DESC");
    let totals: Vec<(String, i64)> = totals.fetch(&db).await?;
    assert_eq!(totals, [("Miles Davis".to_owned(), 130), ("John Coltrane".to_owned(), 80)]);

    // A list: `...` makes a placeholder for each value. In an empty list is nothing.
    let wanted = ["Naima", "So What", "Freddie Freeloader"];
    let found: i64 =
        orm::raw!("SELECT COUNT(*) FROM track WHERE title IN ({wanted...})").fetch_one(&db).await?;
    assert_eq!(found, 2);

    // `None` is NULL, and braces of the text's own are doubled.
    let (nothing, limit) = (None::<i32>, 1);
    let braces: Option<String> =
        orm::raw!("SELECT COALESCE({nothing}, '{{}}') FROM track LIMIT {limit}").fetch_optional(&db).await?;
    assert_eq!(braces.as_deref(), Some("{}"));

    // What changes rows says how many.
    let bonus = 5;
    let changed =
        orm::raw!("UPDATE track SET plays = plays + {bonus} WHERE seconds < {300_i32}").execute(&db).await?;
    assert_eq!(changed, 2);

    // Within a typed query `sql!` is an expression like others; first stands its type.
    let letters = 6;
    let short = Track::objects()
        .filter(|t| orm::sql!(bool, "length({t.title}) < {letters}") | t.artist.startswith("Miles"))
        .order_by(|t| orm::sql!(i64, "length({t.title})").desc())
        .values(|t| (t.title, orm::sql!(String, "printf('%d:%02d', {t.seconds} / 60, {t.seconds} % 60)")))
        .all(&db)
        .await?;
    for (title, time) in &short {
        println!("{title}: {time}");
    }
    assert_eq!(
        short.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>(),
        ["Blue in Green", "So What", "Naima"]
    );
    assert_eq!(short[0].1, "5:37");

    // Rows one after another, in constant memory.
    let mut titles = orm::raw!("SELECT title FROM track ORDER BY title").stream::<String, _>(&db);
    while let Some(title) = titles.try_next().await? {
        println!("{title}");
    }
    Ok(())
}
