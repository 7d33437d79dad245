//! A warehouse's day: a file of articles comes in row by row, prices change all at once, stock moves, old articles go:
//! `cargo run --example bulk`.
//!
//! On a server: `cargo run --example bulk --features postgres -- --url postgres://user:password@localhost/warehouse`
//! (for MySQL or MariaDB `--features mysql` and a `mysql://` URL).

use std::fmt;
use std::time::Instant;

use futures_util::{StreamExt, stream};
use orm::AnyDatabase;
use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "bulk_article", index(shelf, stock))]
pub struct Article {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20, unique)]
    pub code: String,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
    #[field(default = 0)]
    pub stock: i32,
    pub shelf: Option<i32>,
}

const ARTICLES: usize = 20_000;

/// Why a file was not taken.
#[derive(Debug)]
enum Rejected {
    Line(usize),
    Database(orm::Error),
}

impl From<orm::Error> for Rejected {
    fn from(error: orm::Error) -> Self {
        Rejected::Database(error)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejected::Line(number) => write!(f, "line {number} is damaged"),
            Rejected::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Rejected {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let db = orm::connect(&url_argument()).await?;
    println!("A warehouse on {}\n", db.dialect().name());
    db.drop_tables(models![Article]).await?;
    db.create_tables(models![Article]).await?;

    take_files(&db).await?;
    deliver(&db).await?;
    write_prices(&db).await?;
    move_and_clear(&db).await?;

    db.drop_tables(models![Article]).await?;
    Ok(())
}

/// Rows from a stream: all of them or none, in constant memory.
async fn take_files(db: &AnyDatabase) -> Result<(), Rejected> {
    // A file is read line by line; here the lines are made up.
    let good = (0..ARTICLES).map(|n| format!("code {n};{}.50;{}", n % 90, n % 7));
    let damaged = good.clone().enumerate().map(|(n, line)| if n == 15_000 { String::new() } else { line });

    let rejected = Article::objects().try_copy_in(db, parsed(damaged)).await;
    if let Err(why) = rejected {
        println!("the first file: {why}; {} articles are there", Article::objects().count(db).await?);
    }
    let start = Instant::now();
    let copied = Article::objects().try_copy_in(db, parsed(good)).await?;
    println!("the second file: {copied} articles in {:.0?}", start.elapsed());
    Ok(())
}

fn parsed(lines: impl Iterator<Item = String> + Send) -> impl stream::Stream<Item = Result<NewArticle, Rejected>> + Send {
    stream::iter(lines.enumerate()).map(|(number, line)| article(&line).ok_or(Rejected::Line(number)))
}

fn article(line: &str) -> Option<NewArticle> {
    let mut parts = line.split(';');
    let draft = Article::draft().code(parts.next()?).price(parts.next()?.parse::<Decimal>().ok()?);
    Some(draft.shelf(parts.next()?.parse::<i32>().ok()?).build())
}

/// A delivery: new articles are made, those that are there get the new price.
async fn deliver(db: &AnyDatabase) -> orm::Result<()> {
    let delivery = (ARTICLES - 500..ARTICLES + 500)
        .map(|n| Article::draft().code(format!("code {n}")).price(Decimal::new(995, 2)).stock(10));
    let delivered = Article::objects().bulk_create(db, delivery).on_conflict(|a| a.code).update(|a| (a.price, a.stock));
    let delivered = delivered.await?;
    println!("delivered {}, now there are {}", delivered.len(), Article::objects().count(db).await?);

    // Only the keys, and nothing at all.
    let more = (0..3).map(|n| Article::draft().code(format!("more {n}")).price(Decimal::ONE));
    println!("new keys: {:?}", Article::objects().bulk_create(db, more).keys().await?);
    let rest = (3..2_003).map(|n| Article::draft().code(format!("more {n}")).price(Decimal::ONE));
    println!("and {} more", Article::objects().bulk_create(db, rest).count().await?);
    Ok(())
}

/// Different values for each row.
async fn write_prices(db: &AnyDatabase) -> orm::Result<()> {
    let mut articles = Article::objects().filter(|a| a.shelf.eq(3)).all(db).await?;
    for article in &mut articles {
        article.price = (article.price * Decimal::new(103, 2)).round_dp(2);
    }
    let start = Instant::now();
    let written = Article::objects().bulk_update(db, &mut articles, |a| a.price).await?;
    println!("{written} new prices in {:.0?}", start.elapsed());
    Ok(())
}

/// The same change to many rows, and the rows given back.
async fn move_and_clear(db: &AnyDatabase) -> orm::Result<()> {
    let shelf = Article::objects().filter(|a| a.shelf.eq(6));
    let moved = shelf.update(db, |a| (a.shelf.set(1), a.stock.set(a.stock + 1))).await?;
    println!("{moved} moved to shelf 1");

    let cheapest = Article::objects().order_by(|a| (a.price, a.id)).limit(3).values(|a| (a.code, a.price));
    let mut reduced = cheapest.update_returning(db, |a| a.price.set(a.price * Decimal::new(5, 1))).await?;
    reduced.sort();
    for (code, price) in &reduced {
        println!("reduced: {code} to {price}");
    }

    let gone = Article::objects().filter(|a| a.stock.eq(0)).order_by(|a| a.id).limit(5_000);
    let gone = gone.values(|a| a.code).delete_returning(db).await?;
    println!("{} articles went, among them {:?}", gone.len(), gone.iter().min());
    assert_eq!(gone.len(), 5_000);
    assert_eq!(reduced.len(), 3);
    Ok(())
}

fn url_argument() -> String {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--url"), Some(url)) => url,
        (None, _) => "sqlite::memory:".to_owned(),
        _ => {
            eprintln!("usage: bulk [--url sqlite:…|postgres://…|mysql://…]");
            std::process::exit(2);
        }
    }
}
