//! What bulk writes cost: 10,000 rows inserted and updated, beside driver code that does it the best way, and beside a
//! statement for each row. And a transaction with a savepoint and three statements, with its round trips: beside driver code that
//! sends commands together with the statement behind them where the protocol allows it, and beside code that does not.
//!
//! `cargo bench --bench bulk --all-features -- [--db sqlite,postgres,mariadb,mysql] [--rounds n] [--json]`. Servers are those
//! of `ORM_TEST_POSTGRES_URL`, `ORM_TEST_MARIADB_URL` and `ORM_TEST_MYSQL_URL`; one whose variable is not set is left out.
//! Figures are milliseconds of wall time and, behind the slash, of this process's CPU time, which is the clean figure where others
//! use the machine; the quarter of the rounds; the contestants take turns. All begin with rows in memory, in the form in which they
//! take them. The raw side gives keys, as `keys()` does; what it costs to have the rows read back as well stands beside.
//! `--only raw` and `--only orm` run one side alone, `--only both` these two without the others, and `--no-transactions` leaves
//! those out, for a profiler.

mod contestant;
#[path = "../overhead/model.rs"]
mod model;
mod mysql;
mod postgres;
mod round_trips;
mod sqlite;

use std::error::Error;
use std::time::{Duration, Instant};

use orm::backend::Backend;
use orm::prelude::*;
use orm::{Database, models};
use rustix::time::{ClockId, clock_gettime};

use contestant::{Contestant, Naive, Orm, OrmRows};
use model::{Item, ROWS};
use round_trips::RoundTrips;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        // Only whether it starts is of interest.
        return Ok(());
    }
    let value = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let rounds = value("--rounds").map_or(Ok(15), |rounds| rounds.parse())?;
    let json = arguments.iter().any(|argument| argument == "--json");
    let only = value("--only").map(String::as_str);
    let transactions = !arguments.iter().any(|argument| argument == "--no-transactions");
    let wanted = value("--db").map_or("sqlite,postgres,mariadb,mysql", String::as_str).to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        for db in wanted.split(',') {
            let report = Report { db, rounds, json, only, transactions };
            match db {
                "sqlite" => {
                    let directory = tempfile::tempdir()?;
                    let options = orm::sqlite::SqliteOptions::file(directory.path().join("orm.db"));
                    let raw = sqlite::RawSqlite::open(&directory.path().join("raw.db"))?;
                    let db = orm::sqlite::connect_with(options).await?;
                    report.compare(&raw, &db).await?;
                    report.transactions(&raw, &db, [None; 3]).await?;
                    db.close().await;
                }
                "postgres" => {
                    let Ok(url) = std::env::var("ORM_TEST_POSTGRES_URL") else { continue };
                    let raw = postgres::RawPostgres::connect(&url).await?;
                    let db = orm::postgres::connect(&url).await?;
                    report.compare(&raw, &db).await?;
                    let (trips, through) = RoundTrips::relay(&url).await?;
                    let (far_raw, far) = (
                        postgres::RawPostgres::connect(&through).await?,
                        orm::postgres::connect(&through).await?,
                    );
                    let trips = round_trips(&trips, &far_raw, &far).await?;
                    report.transactions(&raw, &db, trips.map(Some)).await?;
                    db.drop_tables(models![Item]).await?;
                }
                "mariadb" | "mysql" => {
                    let Ok(url) = std::env::var(format!("ORM_TEST_{}_URL", db.to_uppercase())) else {
                        continue;
                    };
                    let raw = mysql::RawMySql::connect(&url).await?;
                    let db = orm::mysql::connect(&url).await?;
                    report.compare(&raw, &db).await?;
                    let (trips, through) = RoundTrips::relay(&url).await?;
                    let (far_raw, far) =
                        (mysql::RawMySql::connect(&through).await?, orm::mysql::connect(&through).await?);
                    let trips = round_trips(&trips, &far_raw, &far).await?;
                    report.transactions(&raw, &db, trips.map(Some)).await?;
                    db.drop_tables(models![Item]).await?;
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
    only: Option<&'a str>,
    transactions: bool,
}

impl Report<'_> {
    async fn compare<R: Contestant, B: Backend>(
        &self,
        raw: &R,
        db: &Database<B>,
    ) -> Result<(), Box<dyn Error>> {
        raw.create_table(db).await?;
        let (orm, rows, naive) = (Orm(db.clone()), OrmRows(Orm(db.clone())), Naive(db.clone()));
        let mut times: [Times; 4] = Default::default();
        for round in 0..=self.rounds {
            let [raw_times, orm_times, rows_times, naive_times] = &mut times;
            // A round to warm up, and the slow one less often.
            let counts = round > 0;
            if self.runs("raw") {
                turn(raw, raw_times, counts).await?;
            }
            if self.runs("orm") {
                turn(&orm, orm_times, counts).await?;
            }
            if self.only.is_none() {
                turn(&rows, rows_times, counts).await?;
            }
            if self.only.is_none() && round % 5 == 1 {
                turn(&naive, naive_times, counts).await?;
            }
        }
        self.print("insert 10,000", times.each_ref().map(|times| undisturbed(&times.inserts)));
        self.print("update 10,000", times.each_ref().map(|times| undisturbed(&times.updates)));
        Ok(())
    }

    /// A transaction with a savepoint and three statements, on the rows that are there.
    async fn transactions<R: Contestant, B: Backend>(
        &self,
        raw: &R,
        db: &Database<B>,
        trips: [Option<usize>; 3],
    ) -> Result<(), Box<dyn Error>> {
        const EACH: u32 = 100;
        if !self.transactions {
            return Ok(());
        }
        let orm = Orm(db.clone());
        let (raw_keys, keys) = (three_rows(raw).await?, three_rows(&orm).await?);
        let mut times: [Vec<Cost>; 3] = Default::default();
        for round in 0..=self.rounds {
            for (way, times) in times.iter_mut().enumerate() {
                if !["raw", "orm", "naive"].get(way).is_some_and(|side| self.runs(side)) {
                    continue;
                }
                let start = Clock::now();
                for _ in 0..EACH {
                    match way {
                        0 => raw.transaction(raw_keys).await?,
                        1 => orm.transaction(keys).await?,
                        _ => raw.naive_transaction(raw_keys).await?,
                    }
                }
                if round > 0 {
                    times.push(start.passed(f64::from(EACH)));
                }
            }
        }
        let costs = times.each_ref().map(|times| undisturbed(times));
        let [raw, orm, naive] = costs.map(|cost| cost.wall);
        let [raw_cpu, orm_cpu, naive_cpu] = costs.map(|cost| cost.cpu);
        let (db, ratio, cpu_ratio) = (self.db, orm / raw, orm_cpu / raw_cpu);
        let [raw_trips, orm_trips, naive_trips] =
            trips.map(|trips| trips.map_or("null".to_owned(), |trips| trips.to_string()));
        if self.json {
            println!(
                r#"{{"bench":"bulk","db":"{db}","workload":"transaction","raw_ms":{raw:.3},"orm_ms":{orm:.3},"naive_ms":{naive:.3},"ratio":{ratio:.2},"raw_cpu_ms":{raw_cpu:.3},"orm_cpu_ms":{orm_cpu:.3},"cpu_ratio":{cpu_ratio:.2},"raw_round_trips":{raw_trips},"orm_round_trips":{orm_trips},"naive_round_trips":{naive_trips}}}"#
            );
        } else {
            let trips = if trips.iter().all(Option::is_some) {
                format!("   round trips: raw {raw_trips}, orm {orm_trips}, naive {naive_trips}")
            } else {
                String::new()
            };
            println!(
                "{db:<9} {:<14} raw {raw:>6.3}/{raw_cpu:.3} ms   orm {orm:>6.3}/{orm_cpu:.3} ms ({ratio:.2}/{cpu_ratio:.2})   \
                 naive {naive:>6.3}/{naive_cpu:.3} ms{trips}",
                "transaction"
            );
        }
        Ok(())
    }

    /// Whether a side takes part.
    fn runs(&self, side: &str) -> bool {
        self.only.is_none_or(|only| only == side || (only == "both" && ["raw", "orm"].contains(&side)))
    }

    fn print(&self, workload: &str, costs: [Cost; 4]) {
        let [raw, orm, rows, naive] = costs.map(|cost| cost.wall);
        let [raw_cpu, orm_cpu, rows_cpu, naive_cpu] = costs.map(|cost| cost.cpu);
        let (db, ratio, cpu_ratio) = (self.db, orm / raw, orm_cpu / raw_cpu);
        if self.json {
            println!(
                r#"{{"bench":"bulk","db":"{db}","workload":"{workload}","raw_ms":{raw:.2},"orm_ms":{orm:.2},"orm_rows_ms":{rows:.2},"naive_ms":{naive:.2},"ratio":{ratio:.2},"raw_cpu_ms":{raw_cpu:.2},"orm_cpu_ms":{orm_cpu:.2},"cpu_ratio":{cpu_ratio:.2}}}"#
            );
        } else {
            println!(
                "{db:<9} {workload:<14} raw {raw:>6.2}/{raw_cpu:.2} ms   orm {orm:>6.2}/{orm_cpu:.2} ms \
                 ({ratio:.2}/{cpu_ratio:.2})   with rows back {rows:>6.2}/{rows_cpu:.2} ms   \
                 a statement each {naive:>7.2}/{naive_cpu:.2} ms"
            );
        }
    }
}

/// The round trips of a transaction: the raw one, ours, and the naive one.
async fn round_trips<R: Contestant, B: Backend>(
    trips: &RoundTrips,
    raw: &R,
    db: &Database<B>,
) -> Result<[usize; 3], Box<dyn Error>> {
    let orm = Orm(db.clone());
    let keys = three_rows(raw).await?;
    let mut counted = [usize::MAX; 3];
    // The first time statements are prepared. And what is sent without waiting for an answer may reach the relay behind it, so the
    // least of several times is what is waited for.
    for _ in 0..20 {
        for (way, counted) in counted.iter_mut().enumerate() {
            trips.take();
            match way {
                0 => raw.transaction(keys).await?,
                1 => orm.transaction(keys).await?,
                _ => raw.naive_transaction(keys).await?,
            }
            *counted = trips.take().min(*counted);
        }
    }
    Ok(counted)
}

async fn three_rows<C: Contestant>(contestant: &C) -> Result<[i64; 3], Box<dyn Error>> {
    let keys = contestant.insert([1, 2, 3].map(|number| C::new_row(&Item::numbered(number))).into()).await?;
    keys.try_into().map_err(|_| "a key for each row".into())
}

/// What each round cost.
#[derive(Default)]
struct Times {
    inserts: Vec<Cost>,
    updates: Vec<Cost>,
}

/// Milliseconds of wall time, and of CPU time of all threads of this process.
#[derive(Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
}

struct Clock {
    wall: Instant,
    cpu: Duration,
}

impl Clock {
    fn now() -> Self {
        Clock { cpu: cpu_time(), wall: Instant::now() }
    }

    /// What has passed since, for each of so many times.
    fn passed(&self, times: f64) -> Cost {
        let (wall, cpu) = (self.wall.elapsed(), cpu_time().saturating_sub(self.cpu));
        let each = |time: Duration| time.as_secs_f64() * 1e3 / times;
        Cost { wall: each(wall), cpu: each(cpu) }
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

async fn turn<C: Contestant>(contestant: &C, times: &mut Times, counts: bool) -> Result<(), Box<dyn Error>> {
    contestant.clear().await?;
    let mut items: Vec<Item> = (1..=ROWS).map(Item::numbered).collect();
    let rows = items.iter().map(C::new_row).collect();
    let start = Clock::now();
    let keys = contestant.insert(rows).await?;
    let inserted = start.passed(1.0);
    assert!(keys.is_sorted() && keys.len() == items.len(), "a key for each row, in their order");
    for (item, key) in items.iter_mut().zip(keys) {
        item.id = key;
        item.stock += 1;
        item.price += Decimal::ONE;
    }
    let start = Clock::now();
    contestant.update(&mut items).await?;
    let updated = start.passed(1.0);
    if counts {
        times.inserts.push(inserted);
        times.updates.push(updated);
    }
    Ok(())
}

/// What every fourth round betters: the cost when nobody else wants the machine.
fn undisturbed(costs: &[Cost]) -> Cost {
    let undisturbed = |figure: fn(&Cost) -> f64| {
        let mut figures: Vec<f64> = costs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 4).copied().unwrap_or(f64::NAN)
    };
    Cost { wall: undisturbed(|cost| cost.wall), cpu: undisturbed(|cost| cost.cpu) }
}
