//! Albums, artists and playlists: what is loaded with a row, what is asked about it, and how many statements it takes.
//! `cargo run --example relations`.
//!
//! On a server: `cargo run --example relations --features postgres -- --url postgres://user:password@localhost/music`
//! (for MySQL or MariaDB `--features mysql` and a `mysql://` URL).

use orm::AnyDatabase;
use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "relations_artist", has_many(albums = Album::artist))]
pub struct Artist {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100, unique)]
    pub name: String,
    /// Whom they play with.
    pub band: Option<ForeignKey<Artist>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "relations_album", has_many(tracks = Track::album))]
pub struct Album {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub artist: ForeignKey<Artist>,
    #[field(max_length = 100)]
    pub title: String,
    pub year: i32,
}

#[derive(Model, Debug, Clone)]
#[model(table = "relations_track", has_many(playlists = Playlist::tracks))]
pub struct Track {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub album: ForeignKey<Album>,
    #[field(max_length = 100)]
    pub title: String,
    pub seconds: i32,
}

#[derive(Model, Debug, Clone)]
#[model(table = "relations_playlist", many_to_many(tracks: Track))]
pub struct Playlist {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
}

orm::relation_name!(Longest = "longest");

#[tokio::main]
async fn main() -> orm::Result<()> {
    let db = orm::connect(&url_argument()).await?;
    println!("Music on {}\n", db.dialect().name());
    let models = models![Artist, Album, Track, Playlist];
    db.drop_tables(models).await?;
    db.create_tables(models).await?;
    fill(&db).await?;

    to_one(&db).await?;
    to_many(&db).await?;
    conditions(&db).await?;
    values(&db).await?;

    db.drop_tables(models).await
}

async fn fill(db: &AnyDatabase) -> orm::Result<()> {
    let band = Artist::objects().create(db, |a| a.name("The Spoons")).await?;
    let ann = Artist::objects().create(db, |a| a.name("Ann").band(&band)).await?;
    let mut tracks = Vec::new();
    for (artist, title, year, songs) in [
        (&band, "Kitchen", 2019, &[("Kettle", 215), ("Toast", 187), ("Sink", 301)][..]),
        (&band, "Garden", 2021, &[("Rake", 244), ("Rain", 412)]),
        (&ann, "Alone", 2022, &[("Window", 198)]),
    ] {
        let album = artist.related(|a| a.albums).create(db, |a| a.title(title).year(year)).await?;
        for (title, seconds) in songs {
            let song = album.related(|a| a.tracks);
            tracks.push(song.create(db, |t| t.title(*title).seconds(*seconds)).await?);
        }
    }
    for (name, chosen) in [("Morning", [0, 1, 5]), ("Evening", [2, 4, 5])] {
        let playlist = Playlist::objects().create(db, |p| p.name(name)).await?;
        for at in chosen {
            PlaylistTracks::objects().create(db, |row| row.playlist(&playlist).track(&tracks[at])).await?;
        }
    }
    Ok(())
}

/// One statement, with a JOIN for each relation.
async fn to_one(db: &AnyDatabase) -> orm::Result<()> {
    let tracks = Track::objects()
        .select_related(|t| t.album.select_related(|a| a.artist.select_related(|a| a.band)))
        .order_by(|t| t.seconds.desc())
        .limit(3);
    println!("The longest tracks, with their album, its artist and their band:");
    for track in tracks.all(db).await? {
        let album = track.album();
        let band = album.artist().band().as_ref().map_or("no band", |band| &band.name);
        println!("  {:<8} on {:<8} by {:<11} ({band})", track.title, album.title, album.artist().name);
    }
    Ok(())
}

/// One more statement for each relation, however many rows there are.
async fn to_many(db: &AnyDatabase) -> orm::Result<()> {
    let artists = Artist::objects().order_by(|a| a.id).prefetch_related(|a| {
        let albums = a.albums.order_by(|a| a.year).prefetch_related(|a| {
            (a.tracks.order_by(|t| t.id), a.tracks.order_by(|t| t.seconds.desc()).limit(1).named(Longest))
        });
        albums.annotate(|a| a.tracks.sum(|t| t.seconds))
    });
    println!("\nArtists with their albums, and these with their tracks:");
    for artist in artists.all(db).await? {
        println!("  {}", artist.name);
        for (album, seconds) in artist.albums() {
            let tracks: Vec<&str> = album.tracks().iter().map(|track| track.title.as_str()).collect();
            let best = &album.loaded(Longest)[0].title;
            let seconds = seconds.unwrap_or_default();
            println!(
                "    {} ({}): {}; {seconds} s, longest {best}",
                album.title,
                album.year,
                tracks.join(", ")
            );
        }
    }
    Ok(())
}

/// Conditions on many rows say of how many they hold: no row comes twice.
async fn conditions(db: &AnyDatabase) -> orm::Result<()> {
    let in_the_morning = Artist::objects()
        .filter(|a| a.albums.any(|a| a.tracks.any(|t| t.playlists.any(|p| p.name.eq("Morning")))))
        .order_by(|a| a.name)
        .values(|a| a.name);
    println!("\nArtists on the morning's playlist: {}", in_the_morning.all(db).await?.join(", "));
    let short = Album::objects().filter(|a| a.tracks.all(|t| t.seconds.lt(310))).order_by(|a| a.id);
    println!("Albums with short tracks only: {}", short.values(|a| a.title).all(db).await?.join(", "));
    Ok(())
}

/// Values made from many rows: a subquery for each.
async fn values(db: &AnyDatabase) -> orm::Result<()> {
    let albums = Album::objects()
        .annotate(|a| {
            (a.tracks.count(), a.tracks.max(|t| t.seconds), a.tracks.filter(|t| t.playlists.exists()).count())
        })
        .order_by(|a| a.id);
    println!("\nAlbum       tracks  longest  on a playlist");
    for (album, tracks, longest, listed) in albums.all(db).await? {
        println!("  {:<10} {tracks:>5} {:>7} s {listed:>8}", album.title, longest.unwrap_or_default());
    }
    Ok(())
}

fn url_argument() -> String {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--url"), Some(url)) => url,
        (None, _) => "sqlite::memory:".to_owned(),
        _ => {
            eprintln!("usage: relations [--url sqlite:…|postgres://…|mysql://…]");
            std::process::exit(2);
        }
    }
}
