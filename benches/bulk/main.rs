//! What bulk writes cost: 10,000 rows inserted and updated, beside driver code that does it the best way, and beside a
//! statement for each row.
//!
//! `cargo bench --bench bulk --all-features -- [--db sqlite,postgres,mariadb,mysql] [--rounds n] [--json]`. Servers are those
//! of `ORM_TEST_POSTGRES_URL`, `ORM_TEST_MARIADB_URL` and `ORM_TEST_MYSQL_URL`; one whose variable is not set is left out.
//! Figures are milliseconds of wall time, the quarter of the rounds; the contestants take turns. The raw
//! side gives keys, as `keys()` does; what it costs to have the rows read back as well stands beside.

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

use contestant::{Contestant, Naive, Orm, OrmRows};
use model::{Item, ROWS};

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
        let (orm, rows, naive) = (Orm(db.clone()), OrmRows(db.clone()), Naive(db.clone()));
        let mut times: [Times; 4] = Default::default();
        for round in 0..=self.rounds {
            let [raw_times, orm_times, rows_times, naive_times] = &mut times;
            // A round to warm up, and the slow one less often.
            let counts = round > 0;
            turn(&raw, raw_times, counts).await?;
            turn(&orm, orm_times, counts).await?;
            turn(&rows, rows_times, counts).await?;
            if round % 5 == 1 {
                turn(&naive, naive_times, counts).await?;
            }
        }
        self.print("insert 10,000", times.each_mut().map(|times| undisturbed(&mut times.inserts)));
        self.print("update 10,000", times.each_mut().map(|times| undisturbed(&mut times.updates)));
        db.drop_tables(models![Item]).await?;
        db.close().await;
        Ok(())
    }

    fn print(&self, workload: &str, [raw, orm, rows, naive]: [f64; 4]) {
        let (db, ratio) = (self.db, orm / raw);
        if self.json {
            println!(
                r#"{{"bench":"bulk","db":"{db}","workload":"{workload}","raw_ms":{raw:.2},"orm_ms":{orm:.2},"orm_rows_ms":{rows:.2},"naive_ms":{naive:.2},"ratio":{ratio:.2}}}"#
            );
        } else {
            println!(
                "{db:<9} {workload:<14} raw {raw:>7.2} ms   orm {orm:>7.2} ms ({ratio:.2})   with rows back {rows:>7.2} ms   \
                 a statement each {naive:>8.2} ms"
            );
        }
    }
}

/// Milliseconds of each round.
#[derive(Default)]
struct Times {
    inserts: Vec<f64>,
    updates: Vec<f64>,
}

async fn turn<C: Contestant>(contestant: &C, times: &mut Times, counts: bool) -> Result<(), Box<dyn Error>> {
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
        times.inserts.push(inserted);
        times.updates.push(updated);
    }
    Ok(())
}

/// What every fourth round betters: the cost when nobody else wants the machine.
fn undisturbed(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 4).copied().unwrap_or(f64::NAN)
}
