//! What bulk writes cost: 10,000 rows inserted and updated, beside driver code that does it the best way, and beside a
//! statement for each row.
//!
//! `cargo bench --bench bulk --all-features -- [--db sqlite,postgres,mariadb,mysql] [--rounds n] [--json]`. Servers are those
//! of `ORM_TEST_POSTGRES_URL`, `ORM_TEST_MARIADB_URL` and `ORM_TEST_MYSQL_URL`; one whose variable is not set is left out.
//! Figures are milliseconds of wall time, the median of the rounds, in which the contestants take turns.

mod contestant;
#[path = "../overhead/model.rs"]
mod model;
mod mysql;
mod postgres;
mod sqlite;

use std::error::Error;
use std::time::Instant;

use orm::backend::Backend;
use orm::prelude::*;
use orm::{Database, models};

use contestant::{Contestant, Naive, Orm};
use model::Item;

/// Rows that are written at once.
const ROWS: i64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        // Only whether it starts is of interest.
        return Ok(());
    }
    let value = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let rounds = value("--rounds").map_or(Ok(15), |rounds| rounds.parse())?;
    let json = arguments.iter().any(|argument| argument == "--json");
    let wanted = value("--db").map_or("sqlite,postgres,mariadb,mysql", String::as_str).to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        for db in wanted.split(',') {
            let report = Report { db, rounds, json };
            match db {
                "sqlite" => {
                    let directory = tempfile::tempdir()?;
                    let options = orm::sqlite::SqliteOptions::file(directory.path().join("orm.db"));
                    let raw = sqlite::RawSqlite::open(&directory.path().join("raw.db"))?;
                    report.compare(raw, orm::sqlite::connect_with(options).await?).await?;
                }
                "postgres" => {
                    let Ok(url) = std::env::var("ORM_TEST_POSTGRES_URL") else { continue };
                    let raw = postgres::RawPostgres::connect(&url).await?;
                    report.compare(raw, orm::postgres::connect(&url).await?).await?;
                }
                "mariadb" | "mysql" => {
                    let Ok(url) = std::env::var(format!("ORM_TEST_{}_URL", db.to_uppercase())) else {
                        continue;
                    };
                    let raw = mysql::RawMySql::connect(&url).await?;
                    report.compare(raw, orm::mysql::connect(&url).await?).await?;
                }
                other => return Err(format!("`{other}` is not a database").into()),
            }
        }
        Ok(())
    })
}

struct Report<'a> {
    db: &'a str,
    rounds: usize,
    json: bool,
}

impl Report<'_> {
    async fn compare<R: Contestant, B: Backend>(
        &self,
        raw: R,
        db: Database<B>,
    ) -> Result<(), Box<dyn Error>> {
        raw.create_table(&db).await?;
        let (orm, naive) = (Orm(db.clone()), Naive(db.clone()));
        let mut inserts: [Vec<f64>; 3] = Default::default();
        let mut updates: [Vec<f64>; 3] = Default::default();
        for round in 0..=self.rounds {
            // A round to warm up, and the slow one less often.
            let [raw_times, orm_times, naive_times] = &mut inserts;
            let [raw_updates, orm_updates, naive_updates] = &mut updates;
            let warm = round > 0;
            turn(&raw, raw_times, raw_updates, warm).await?;
            turn(&orm, orm_times, orm_updates, warm).await?;
            if round % 5 == 1 {
                turn(&naive, naive_times, naive_updates, warm).await?;
            }
        }
        for (workload, times) in [("insert 10,000", &mut inserts), ("update 10,000", &mut updates)] {
            let [raw, orm, naive] = times.each_mut().map(median);
            let ratio = orm / raw;
            if self.json {
                println!(
                    "{{\"bench\":\"bulk\",\"db\":\"{}\",\"workload\":\"{workload}\",\"raw_ms\":{raw:.2},\"orm_ms\":{orm:.2},\"naive_ms\":{naive:.2},\"ratio\":{ratio:.2}}}",
                    self.db
                );
            } else {
                println!(
                    "{:<9} {workload:<14} raw {raw:>8.2} ms   orm {orm:>8.2} ms   a statement each {naive:>9.2} ms   orm / raw {ratio:>5.2}",
                    self.db
                );
            }
        }
        db.drop_tables(models![Item]).await?;
        db.close().await;
        Ok(())
    }
}

async fn turn<C: Contestant>(
    contestant: &C,
    inserts: &mut Vec<f64>,
    updates: &mut Vec<f64>,
    counts: bool,
) -> Result<(), Box<dyn Error>> {
    contestant.clear().await?;
    let mut items: Vec<Item> = (1..=ROWS).map(Item::numbered).collect();
    let start = Instant::now();
    let keys = contestant.insert(&items).await?;
    let inserted = start.elapsed().as_secs_f64() * 1e3;
    assert!(keys.is_sorted() && keys.len() == items.len(), "a key for each row, in their order");
    for (item, key) in items.iter_mut().zip(keys) {
        item.id = key;
        item.stock += 1;
        item.price += Decimal::ONE;
    }
    let start = Instant::now();
    contestant.update(&mut items).await?;
    let updated = start.elapsed().as_secs_f64() * 1e3;
    if counts {
        inserts.push(inserted);
        updates.push(updated);
    }
    Ok(())
}

fn median(times: &mut Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
