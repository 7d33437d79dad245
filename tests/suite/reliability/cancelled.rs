//! Whatever is dropped, whenever: the next borrower meets nothing of it, and the server none either.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orm::Error;
use orm::backend::Executor;
use orm::prelude::*;
use tokio::time::{sleep, timeout};

use crate::suite::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{
    CANCEL, Db, Disturb, Proxy, TestDatabase, open_transactions, run_by_url, running, soon, times, until,
    with_parameter,
};

/// The words that open a transaction.
fn begins(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Postgres => Some("BEGIN"),
        Dialect::MySql | Dialect::MariaDb => Some("START TRANSACTION"),
        // There is no way to a server that could be slow; `a5_…` drops its BEGIN at every poll.
        Dialect::Sqlite => None,
    }
}

#[test]
fn a1_a_begin_dropped_before_its_answer_leaves_no_transaction() {
    run_by_url(async |direct, url| {
        let Some(begin) = begins(direct.dialect()) else { return };
        direct.create_tables(models![Account]).await.unwrap();
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        let db = crate::Backend::connect(&with_parameter(&way, "pool_size=1")).await;
        open(&db, 1).await.unwrap();
        for (round, patience) in (1..).zip([1, 5, 20, 60, 120, 190, 199, 201, 220]) {
            proxy.disturb(begin, Disturb::Delay(Duration::from_millis(200)));
            let work = db.atomic(async |tx| {
                open(tx, 1_000).await?;
                std::future::pending::<Result<(), Error>>().await
            });
            assert!(timeout(Duration::from_millis(patience), work).await.is_err());
            // Within a transaction that somebody left open this would not be seen by others.
            soon(Duration::from_secs(2), open(&db, 1 + round)).await.unwrap();
            let expected: Vec<i64> = (1..=1 + round).collect();
            assert_eq!(ids(direct).await, expected, "dropped after {patience} ms");
            until(Duration::from_secs(1), 0, async || open_transactions(direct).await).await;
        }
        assert!(proxy.met() > 0, "no BEGIN was disturbed");
        assert_at_rest(&db).await;
        db.close().await;
    });
}

/// A statement of half a minute.
async fn sleep_for_long(db: &impl Executor) -> Result<i64, Error> {
    let query = match db.dialect() {
        Dialect::Postgres => orm::raw!("SELECT 1 FROM pg_sleep(30)"),
        Dialect::MySql | Dialect::MariaDb => orm::raw!("SELECT SLEEP(30)"),
        Dialect::Sqlite => orm::raw!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000000)
             SELECT COUNT(*) FROM n"
        ),
    };
    query.fetch_one(db).await
}

#[test]
fn a2_a_dropped_query_ends_in_the_server_and_keeps_nobody_waiting() {
    run_by_url(async |direct, url| {
        let db = crate::Backend::connect(&with_parameter(url, "pool_size=1")).await;
        for _ in 0..3 {
            assert!(timeout(Duration::from_millis(100), sleep_for_long(&db)).await.is_err());
            let start = Instant::now();
            let one: i64 = orm::raw!("SELECT 1").fetch_one(&db).await.unwrap();
            assert_eq!(one, 1);
            assert!(start.elapsed() < Duration::from_secs(1), "waited {:?}", start.elapsed());
            if direct.dialect() != Dialect::Sqlite {
                until(Duration::from_secs(1), 0, async || {
                    running(direct, "pg_sleep(30").await + running(direct, "SLEEP(30").await
                })
                .await;
            }
        }
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn a3_a_stream_dropped_early_gives_nobody_its_rows() {
    run_by_url(async |direct, url| {
        let db = crate::Backend::connect(&with_parameter(url, "pool_size=1")).await;
        let tens =
            "CREATE TABLE tens (d INT); INSERT INTO tens VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)";
        db.batch(tens).await.unwrap();
        for wanted in [0, 1, 10, 1_000] {
            // Five million rows.
            let mut rows = orm::raw!(
                "SELECT 7 FROM tens a, tens b, tens c, tens e, tens f, tens g, tens h WHERE a.d < 5"
            )
            .stream::<i64, _>(&db);
            for _ in 0..wanted {
                assert_eq!(soon(Duration::from_secs(10), rows.try_next()).await.unwrap(), Some(7));
            }
            drop(rows);
            let start = Instant::now();
            let mine: Vec<i64> = orm::raw!("SELECT d + 100 FROM tens ORDER BY d").fetch(&db).await.unwrap();
            assert!(start.elapsed() < Duration::from_secs(1), "waited {:?}", start.elapsed());
            assert!(mine.iter().copied().eq(100..110), "{mine:?}");
            // Nor the table as the stream saw it.
            orm::raw!("UPDATE tens SET d = d + 10 WHERE d = 9").execute(&db).await.unwrap();
            let last = orm::raw!("SELECT MAX(d) FROM tens").fetch_one::<i64>(&db).await.unwrap();
            assert_eq!(last, 19);
            orm::raw!("UPDATE tens SET d = 9 WHERE d = 19").execute(&db).await.unwrap();
            if direct.dialect() != Dialect::Sqlite {
                until(Duration::from_secs(1), 0, async || running(direct, "tens h WHERE").await).await;
            }
        }
        soon(Duration::from_secs(10), db.batch("DROP TABLE tens")).await.unwrap();
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn a6_thousands_who_do_not_wait_leave_the_pool_whole() {
    run_by_url(async |_, url| {
        let url = with_parameter(&with_parameter(url, "pool_size=4"), "acquire_timeout=30s");
        let db = crate::Backend::connect(&url).await;
        let served = Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = (0..times(2_000, 10_000))
            .map(|caller| {
                let (db, served) = (db.clone(), Arc::clone(&served));
                tokio::spawn(async move {
                    sleep(Duration::from_micros((caller as u64 * 7_919) % 1_000_000)).await;
                    // A few do wait, and are served.
                    let patience = match caller % 100 {
                        0 => Duration::from_secs(30),
                        _ => Duration::from_micros((caller as u64 * 104_729) % 5_000),
                    };
                    let query = async { orm::raw!("SELECT 1").fetch_one::<i64>(&db).await };
                    if let Ok(answer) = timeout(patience, query).await {
                        assert_eq!(answer.unwrap(), 1);
                        served.fetch_add(1, Ordering::Relaxed);
                    }
                    let status = db.pool_status();
                    assert!(status.open <= status.max, "{status:?}");
                })
            })
            .collect();
        for caller in callers {
            soon(Duration::from_mins(1), caller).await.unwrap();
        }
        assert!(served.load(Ordering::Relaxed) >= times(2_000, 10_000) / 100, "who waits is served");
        assert_at_rest(&db).await;
        // Every place in the pool is there; on SQLite one of them writes.
        let places = if db.dialect() == Dialect::Sqlite { 1 } else { 4 };
        let held = futures_util::future::try_join_all((0..places).map(|_| db.begin()));
        drop(soon(Duration::from_secs(10), held).await.unwrap());
        assert_at_rest(&db).await;
        db.close().await;
    });
}

/// A short statement whose time is known.
async fn sleep_for(db: &Db, milliseconds: u32) -> Result<i64, Error> {
    let seconds = f64::from(milliseconds) / 1_000.0;
    let query = match db.dialect() {
        Dialect::Postgres => orm::raw!("SELECT 7 FROM pg_sleep({seconds})"),
        Dialect::MySql | Dialect::MariaDb => orm::raw!("SELECT 7 + SLEEP({seconds})"),
        Dialect::Sqlite => panic!("it cannot sleep"),
    };
    query.fetch_one(db).await
}

#[test]
fn a7_a_late_cancel_hits_nobody_else() {
    run_by_url(async |direct, url| {
        let cancel = match direct.dialect() {
            Dialect::Postgres => CANCEL,
            Dialect::MySql | Dialect::MariaDb => b"KILL CONNECTION",
            // Interrupting is a call within the process, which `a2_…` shows.
            Dialect::Sqlite => return,
        };
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        let db = crate::Backend::connect(&with_parameter(&way, "pool_size=4")).await;
        proxy.disturb(cancel, Disturb::Late(Duration::from_millis(60)));
        let rounds = u32::try_from(times(25, 1_250)).unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    for round in 0..rounds {
                        // It has ended by itself by the time the request arrives.
                        let dropped = timeout(Duration::from_millis(5), sleep_for(&db, 20 + round % 7)).await;
                        assert!(dropped.is_err());
                        for victim in 0..3 {
                            let slept = sleep_for(&db, (task + round * 3 + victim * 11) % 25).await;
                            assert_eq!(slept.expect("nobody cancelled this"), 7);
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            soon(Duration::from_mins(10), task).await.unwrap();
        }
        assert!(proxy.met() > 0, "no request was late");
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn a10_a_runtime_that_ends_takes_its_transactions_along() {
    run_by_url(async |direct, url| {
        direct.create_tables(models![Account]).await.unwrap();
        let url = with_parameter(url, "pool_size=10");
        let ended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            let (db, left) = runtime.block_on(async {
                let db = crate::Backend::connect(&url).await;
                // On SQLite one at a time may write.
                let count = if db.dialect() == Dialect::Sqlite { 1 } else { 10 };
                let mut left = Vec::new();
                for id in 0..count {
                    let tx = db.begin().await.unwrap();
                    open(&tx, id).await.unwrap();
                    if id % 2 == 0 {
                        left.push(tx);
                    } else {
                        // Its task is never finished.
                        tokio::spawn(async move {
                            std::future::pending::<()>().await;
                            drop(tx);
                        });
                    }
                }
                (db, left)
            });
            drop(runtime);
            // Outside any runtime, and after the one that they belong to.
            drop(left);
            drop(db);
        });
        tokio::task::spawn_blocking(|| ended.join()).await.unwrap().expect("no panic");
        if direct.dialect() != Dialect::Sqlite {
            until(Duration::from_secs(2), 0, async || open_transactions(direct).await).await;
        }
        assert!(ids(direct).await.is_empty());
        soon(Duration::from_secs(2), open(direct, 1)).await.unwrap();
    });
}
