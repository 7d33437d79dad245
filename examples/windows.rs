//! Ranks, running totals and moving means of a small shop: `cargo run --example windows`.
//!
//! On a server: `cargo run --example windows --features postgres -- --url postgres://user:password@localhost/shop`
//! (for MySQL or MariaDB `--features mysql` and a `mysql://` URL).

use orm::AnyDatabase;
use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "windows_month")]
pub struct Month {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20)]
    pub shop: String,
    pub first_day: NaiveDate,
    pub visitors: i64,
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let db = orm::connect(&url_argument()).await?;
    println!("Visitors of two shops on {}\n", db.dialect().name());
    db.drop_tables(models![Month]).await?;
    db.create_tables(models![Month]).await?;
    fill(&db).await?;

    places(&db).await?;
    running_totals(&db).await?;
    neighbours(&db).await?;
    frames(&db).await?;
    best_of_each(&db).await?;
    over_groups(&db).await?;

    db.drop_tables(models![Month]).await
}

async fn fill(db: &AnyDatabase) -> orm::Result<()> {
    for (shop, visitors) in [("Harbour", [120, 150, 90, 150, 210]), ("Market", [300, 280, 310, 305, 295])] {
        for (month, visitors) in (1..).zip(visitors) {
            let first_day = NaiveDate::from_ymd_opt(2024, month, 1).unwrap_or_default();
            Month::objects().create(db, |m| m.shop(shop).first_day(first_day).visitors(visitors)).await?;
        }
    }
    Ok(())
}

async fn places(db: &AnyDatabase) -> orm::Result<()> {
    println!("1. A window keeps the rows and looks at those around each: its place among them.");
    let months = Month::objects()
        .filter(|m| m.shop.eq("Harbour"))
        .values(|m| {
            (
                m.first_day,
                m.visitors,
                row_number().order_by((m.visitors.desc(), m.first_day)),
                rank().order_by(m.visitors.desc()),
                dense_rank().order_by(m.visitors.desc()),
            )
        })
        .order_by(|m| m.first_day);
    println!("   {}", months.clone().sql(db.dialect())?);
    println!("   month    visitors  row number  rank  dense rank");
    for (day, visitors, row, rank, dense) in months.all(db).await? {
        println!("   {}  {visitors:8}  {row:10}  {rank:4}  {dense:10}", day.format("%Y-%m"));
    }
    println!();
    Ok(())
}

async fn running_totals(db: &AnyDatabase) -> orm::Result<()> {
    println!("2. Any aggregate is one over a window: running totals of each shop, beside its whole.");
    let months = Month::objects()
        .values(|m| {
            let total = m.visitors.sum().over().partition_by(m.shop);
            (m.shop, m.visitors, total.clone().order_by(m.first_day), total)
        })
        .order_by(|m| (m.shop, m.first_day));
    for (shop, visitors, so_far, all) in months.all(db).await? {
        println!("   {shop:8} {visitors:4} {:5} of {}", so_far.unwrap_or_default(), all.unwrap_or_default());
    }
    println!();
    Ok(())
}

async fn neighbours(db: &AnyDatabase) -> orm::Result<()> {
    println!("3. `lag` and `lead` are values of rows before and after; windows can be calculated with.");
    let months = Month::objects()
        .values(|m| {
            let before = m.visitors.lag(1).partition_by(m.shop).order_by(m.first_day);
            (m.shop, m.first_day, m.visitors - before)
        })
        .order_by(|m| (m.shop, m.first_day));
    for (shop, day, change) in months.all(db).await? {
        let change = change.map_or("new".to_owned(), |change| format!("{change:+}"));
        println!("   {shop:8} {} {change:>5}", day.format("%Y-%m"));
    }
    println!();
    Ok(())
}

async fn frames(db: &AnyDatabase) -> orm::Result<()> {
    println!("4. A frame is a part of the window: the mean of three months.");
    let months = Month::objects()
        .filter(|m| m.shop.eq("Harbour"))
        .values(|m| (m.first_day, m.visitors, m.visitors.avg().over().order_by(m.first_day).rows(-1..=1)))
        .order_by(|m| m.first_day);
    for (day, visitors, mean) in months.all(db).await? {
        println!("   {} {visitors:4} {:6.1}", day.format("%Y-%m"), mean.unwrap_or_default());
    }
    println!();
    Ok(())
}

async fn best_of_each(db: &AnyDatabase) -> orm::Result<()> {
    println!("5. `qualify` is a condition on a window: the two best months of each shop.");
    let best = Month::objects()
        .qualify(|m| row_number().partition_by(m.shop).order_by((m.visitors.desc(), m.first_day)).le(2))
        .order_by(|m| (m.shop, m.visitors.desc(), m.first_day));
    println!("   {}", best.clone().sql(db.dialect())?);
    for month in best.all(db).await? {
        println!("   {:8} {} {:4}", month.shop, month.first_day.format("%Y-%m"), month.visitors);
    }
    println!();
    Ok(())
}

async fn over_groups(db: &AnyDatabase) -> orm::Result<()> {
    println!("6. Beside aggregates, a window is over the groups.");
    let shops = Month::objects()
        .values(|m| (m.shop, m.visitors.sum(), rank().order_by(m.visitors.sum().desc())))
        .order_by(|m| m.shop);
    for (shop, visitors, place) in shops.all(db).await? {
        println!("   {shop:8} {:5} place {place}", visitors.unwrap_or_default());
    }
    Ok(())
}

fn url_argument() -> String {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--url"), Some(url)) => url,
        (None, _) => "sqlite::memory:".to_owned(),
        _ => {
            eprintln!("usage: windows [--url sqlite:…|postgres://…|mysql://…]");
            std::process::exit(2);
        }
    }
}
