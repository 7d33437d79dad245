//! What the way to SQLite costs: CPU of the whole process per read, against rusqlite called in place.
//!
//! `cargo bench -p orm-sqlite --bench hop`. Contestants alternate
//! in short rounds and the median round counts, because one row by key flips between two levels with the placement of
//! the threads.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::time::Instant;

use orm_core::backend::{Backend, Connection, Decode, TransactionOptions, collect, into_collected};
use orm_core::compile::{Access, CompiledSql, Operation};
use orm_core::error::Result;
use orm_core::value::{Row, Value};
use orm_sqlite::{Sqlite, SqliteOptions, connect_with};

const ONE: &str = "SELECT id, name, active, price, created, views, note FROM item WHERE id = ?1";
const MANY: &str = "SELECT id, name, active, price, created, views, note FROM item LIMIT ?1";
const OPERATION: Operation = Operation::new("", "bench");

struct Item {
    _id: i64,
    _name: String,
    _active: bool,
    _price: f64,
    _created: String,
    _views: i64,
    _note: Option<String>,
}

struct Items;

impl Decode for Items {
    type Out = Item;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<Item> {
        use orm_core::value::SqlType;
        Ok(Item {
            _id: i64::from_row(row, 0)?,
            _name: String::from_row(row, 1)?,
            _active: bool::from_row(row, 2)?,
            _price: f64::from_row(row, 3)?,
            _created: String::from_row(row, 4)?,
            _views: i64::from_row(row, 5)?,
            _note: Option::from_row(row, 6)?,
        })
    }
}

fn raw(connection: &rusqlite::Connection, sql: &str, param: i64) -> usize {
    let mut statement = connection.prepare_cached(sql).expect("a statement");
    let items = statement
        .query_map([param], |row| {
            Ok(Item {
                _id: row.get(0)?,
                _name: row.get(1)?,
                _active: row.get(2)?,
                _price: row.get(3)?,
                _created: row.get(4)?,
                _views: row.get(5)?,
                _note: row.get(6)?,
            })
        })
        .expect("a query")
        .collect::<rusqlite::Result<Vec<_>>>()
        .expect("rows");
    black_box(items).len()
}

async fn ours(database: &Sqlite, sql: &str, param: i64) -> usize {
    let sql = CompiledSql::new(sql, vec![Value::I64(param)], Access::Read, OPERATION);
    let mut connection = database.acquire(Access::Read, OPERATION).await.expect("a connection");
    let sink = connection.query(sql, collect::<Sqlite, _>(Items)).await.expect("rows");
    black_box(into_collected::<Sqlite, Items>(sink).expect("the same sink").1).len()
}

/// Nanoseconds that all threads of this process have run.
fn cpu() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    u64::try_from(now.tv_sec * 1_000_000_000 + now.tv_nsec).unwrap_or(0)
}

type Round<'a> = Box<dyn FnMut(usize) -> Pin<Box<dyn Future<Output = ()> + 'a>> + 'a>;

async fn compare(title: &str, rounds: usize, runs: usize, contestants: &mut [(&str, Round<'_>)]) {
    let mut figures = vec![Vec::new(); contestants.len()];
    for _ in 0..rounds {
        for ((_, run), figures) in contestants.iter_mut().zip(&mut figures) {
            let (wall, before) = (Instant::now(), cpu());
            run(runs).await;
            #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
            let per_run = (cpu() - before) as f64 / 1e3 / runs as f64;
            #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
            figures.push((per_run, wall.elapsed().as_secs_f64() * 1e6 / runs as f64));
        }
    }
    println!("{title}");
    let mut base = None;
    for ((name, _), figures) in contestants.iter().zip(&mut figures) {
        figures.sort_by(|left, right| left.0.total_cmp(&right.0));
        let (cpu, wall) = figures[figures.len() / 2];
        let base = *base.get_or_insert(cpu);
        println!("  {name:<28} {cpu:9.2} µs CPU  {:5.2} ×  {wall:9.2} µs wall", cpu / base);
    }
}

fn main() {
    let path = std::env::temp_dir().join(format!("orm-sqlite-hop-{}.db", std::process::id()));
    fill(&path);
    for threads in [0, 2] {
        let mut builder = match threads {
            0 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        if threads > 0 {
            builder.worker_threads(threads);
        }
        let runtime = builder.enable_all().build().expect("a runtime");
        println!("{}", if threads == 0 { "current-thread runtime" } else { "multi-thread runtime" });
        runtime.block_on(contest(&path));
    }
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
}

async fn contest(path: &std::path::Path) {
    let connection = rusqlite::Connection::open(path).expect("a connection");
    let place = connect_with(SqliteOptions::file(path)).await.expect("a database");
    let worker = connect_with(SqliteOptions::file(path).in_place(None)).await.expect("a database");
    contest_writes(path).await;
    for (title, sql, rounds, runs, rows) in
        [("one row by key", ONE, 41, 2_000, 0), ("10,000 rows", MANY, 21, 10, 10_000_i64)]
    {
        let param =
            move |run: usize| if rows > 0 { rows } else { i64::try_from(run * 37 % 20_000).unwrap_or(0) + 1 };
        let (connection, place, worker) = (&connection, &place, &worker);
        let mut contestants: [(&str, Round<'_>); 3] = [
            (
                "rusqlite in place",
                Box::new(move |runs| {
                    Box::pin(async move {
                        for run in 0..runs {
                            raw(connection, sql, param(run));
                        }
                    })
                }),
            ),
            (
                "orm-sqlite, in place first",
                Box::new(move |runs| {
                    Box::pin(async move {
                        for run in 0..runs {
                            ours(place, sql, param(run)).await;
                        }
                    })
                }),
            ),
            (
                "orm-sqlite, worker only",
                Box::new(move |runs| {
                    Box::pin(async move {
                        for run in 0..runs {
                            ours(worker, sql, param(run)).await;
                        }
                    })
                }),
            ),
        ];
        compare(title, rounds, runs, &mut contestants).await;
    }
}

const INSERT: &str = "INSERT INTO log (text, at) VALUES (?1, ?2) RETURNING id";

const BEFORE: [&str; 4] = [
    "BEGIN IMMEDIATE",
    "SAVEPOINT s1",
    "INSERT INTO log (text, at) VALUES ('a text', 1)",
    "UPDATE item SET views = views + 1 WHERE id = 7",
];
const AFTER: [&str; 2] = ["RELEASE s1", "COMMIT"];

async fn contest_writes(path: &std::path::Path) {
    let connection = rusqlite::Connection::open(path).expect("a connection");
    connection.execute_batch("PRAGMA synchronous = NORMAL").expect("a setting");
    let database = &connect_with(SqliteOptions::file(path)).await.expect("a database");
    let connection = &connection;
    let mut contestants: [(&str, Round<'_>); 2] = [
        (
            "rusqlite in place",
            Box::new(move |runs| {
                Box::pin(async move {
                    for run in 0..runs {
                        let mut statement = connection.prepare_cached(INSERT).expect("a statement");
                        let at = i64::try_from(run).unwrap_or(0);
                        black_box(
                            statement.query_row(("a text", at), |row| row.get::<_, i64>(0)).expect("a key"),
                        );
                    }
                })
            }),
        ),
        (
            "orm-sqlite",
            Box::new(move |runs| {
                Box::pin(async move {
                    for run in 0..runs {
                        let params =
                            vec![Value::Text("a text".into()), Value::I64(i64::try_from(run).unwrap_or(0))];
                        let sql = CompiledSql::new(INSERT, params, Access::Write, OPERATION);
                        let mut writer = database.acquire(Access::Write, OPERATION).await.expect("a writer");
                        let sink = writer.query(sql, collect::<Sqlite, _>(Key)).await.expect("a key");
                        black_box(into_collected::<Sqlite, Key>(sink).expect("the same sink").1);
                    }
                })
            }),
        ),
    ];
    compare("insert one, key returned", 21, 500, &mut contestants).await;

    let mut contestants: [(&str, Round<'_>); 2] = [
        (
            "rusqlite in place",
            Box::new(move |runs| {
                Box::pin(async move {
                    let run_one = |sql: &str| {
                        connection.prepare_cached(sql).expect("a statement").raw_execute().expect("a step")
                    };
                    for _ in 0..runs {
                        for sql in BEFORE {
                            run_one(sql);
                        }
                        raw(connection, ONE, 7);
                        for sql in AFTER {
                            run_one(sql);
                        }
                    }
                })
            }),
        ),
        (
            "orm-sqlite",
            Box::new(move |runs| {
                Box::pin(async move {
                    for _ in 0..runs {
                        let mut writer = database.acquire(Access::Write, OPERATION).await.expect("a writer");
                        writer.begin(&TransactionOptions::default()).await.expect("begin");
                        for sql in BEFORE.get(1..).unwrap_or_default() {
                            let sql = CompiledSql::new(*sql, Vec::new(), Access::Write, OPERATION);
                            writer.execute(sql).await.expect("a step");
                        }
                        let sql = CompiledSql::new(ONE, vec![Value::I64(7)], Access::Read, OPERATION);
                        black_box(
                            writer.query(sql, collect::<Sqlite, _>(Items)).await.expect("a row").into_any(),
                        );
                        let sql = CompiledSql::new(AFTER[0], Vec::new(), Access::Write, OPERATION);
                        writer.execute(sql).await.expect("a step");
                        writer.commit().await.expect("commit");
                    }
                })
            }),
        ),
    ];
    compare("transaction, savepoint, 3 statements", 21, 300, &mut contestants).await;
}

struct Key;

impl Decode for Key {
    type Out = i64;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<i64> {
        Ok(row.i64(0)?.unwrap_or(0))
    }
}

fn fill(path: &std::path::Path) {
    let connection = rusqlite::Connection::open(path).expect("a connection");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL,
                 price REAL NOT NULL, created TEXT NOT NULL, views INTEGER NOT NULL, note TEXT);
             CREATE TABLE log (id INTEGER PRIMARY KEY, text TEXT, at INTEGER);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             INSERT INTO item SELECT i, 'item number ' || i, i % 2, i / 7.0, '2024-01-01 00:00:00.000000', i * 3,
                 CASE i % 3 WHEN 0 THEN NULL ELSE 'a note of some length about item ' || i END FROM n;",
        )
        .expect("rows");
}
