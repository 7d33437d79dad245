//! A server that is killed and comes back while many write: what was acknowledged is there, what failed is not, what is in doubt
//! is said to be, and the pool is full again at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use orm::prelude::*;
use orm::{Error, models};
use tokio::time::{sleep, timeout};

use crate::suite::transactions::assert_at_rest;
use crate::support::{Db, Killable, TestDatabase, kill, soon, with_parameter};

const WRITERS: i32 = 64;
const CONNECTIONS: usize = 16;

/// Half of what a transaction writes.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(writer, number, half))]
pub struct Entry {
    #[field(primary_key)]
    id: i64,
    writer: i32,
    number: i32,
    half: i16,
}

/// How a transaction ended for whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Committed,
    Failed,
    Unknown,
}

/// One process of PostgreSQL dies, and it ends all sessions and starts anew. The others are one process with threads, and SQLite
/// has no server.
#[test]
fn b1_a_process_of_the_server_is_killed_under_load() {
    with_server(async |server, db| {
        if db.dialect() != Dialect::Postgres {
            return;
        }
        survives(server, db, async || {
            loop {
                let pid: orm::Result<i32> = orm::raw!("SELECT pg_backend_pid()").fetch_one(db).await;
                // One that has ended meanwhile is no longer there to be killed.
                if pid.is_ok_and(|pid| kill(&pid.to_string())) {
                    break;
                }
            }
        })
        .await;
    });
}

#[test]
fn b2_the_server_is_killed_under_load() {
    with_server(async |server, db| survives(server, db, async || assert!(server.kill())).await);
}

/// Runs a test with the server that it may kill, and a database on it: one test at a time.
fn with_server(test: impl AsyncFnOnce(&Killable, &Db)) {
    static TURN: Mutex<()> = Mutex::new(());
    let Some(server) = crate::Backend::killable() else { return };
    let _turn: MutexGuard<'_, ()> = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let options = format!("pool_size={CONNECTIONS}&max_overflow=0&acquire_timeout=2s&connect_timeout=1s");
        let url = with_parameter(&server.url, &options);
        until_it_answers(&url, Duration::from_secs(20)).await;
        let db = crate::Backend::connect(&url).await;
        db.drop_tables(models![Entry]).await.unwrap();
        db.create_tables(models![Entry]).await.unwrap();
        test(&server, &db).await;
        db.close().await;
    });
}

/// Waits until the server takes whoever comes; how long that took.
async fn until_it_answers(url: &str, within: Duration) -> Duration {
    let start = Instant::now();
    loop {
        let asked = async {
            let db = crate::Backend::reach(&with_parameter(url, "statement_timeout=1s")).await?;
            let answer = orm::raw!("SELECT 1").fetch_one::<i64>(&db).await;
            db.close().await;
            answer
        };
        if matches!(timeout(Duration::from_secs(2), asked).await, Ok(Ok(_))) {
            return start.elapsed();
        }
        assert!(start.elapsed() < within, "the server does not come back");
        sleep(Duration::from_millis(10)).await;
    }
}

pub async fn write(db: &Db, writer: i32, number: i32) -> orm::Result<()> {
    db.atomic(async |tx| {
        for half in 0..2 {
            Entry::objects().create(tx, |e| e.writer(writer).number(number).half(half)).await?;
        }
        Ok(())
    })
    .await
}

#[derive(Default)]
struct Load {
    stop: AtomicBool,
    committed: AtomicU64,
}

impl Load {
    /// Waits until so many more transactions were committed.
    async fn goes_on(&self, more: u64, within: Duration) {
        let (start, before) = (Instant::now(), self.committed.load(Ordering::Relaxed));
        while self.committed.load(Ordering::Relaxed) < before + more {
            assert!(start.elapsed() < within, "nothing is committed");
            sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Writes one transaction after another until it is told to stop; how each ended.
async fn writes(db: Db, load: Arc<Load>, writer: i32) -> Vec<(i32, Ended)> {
    let mut ended = Vec::new();
    for number in 0.. {
        if load.stop.load(Ordering::Relaxed) {
            break;
        }
        let how = match write(&db, writer, number).await {
            Ok(()) => {
                load.committed.fetch_add(1, Ordering::Relaxed);
                Ended::Committed
            }
            Err(Error::CommitOutcomeUnknown(_)) => Ended::Unknown,
            Err(error) => {
                // A lost connection, or a pool that gets none: nothing else is wrong with what is written.
                assert!(error.is_connection_lost() || matches!(error, Error::Pool(_)), "{error:?}");
                sleep(Duration::from_millis(5)).await;
                Ended::Failed
            }
        };
        ended.push((number, how));
    }
    ended
}

async fn survives(server: &Killable, db: &Db, kill: impl AsyncFn()) {
    const KILLS: usize = 3;
    let load = Arc::new(Load::default());
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(writes(db.clone(), Arc::clone(&load), writer))).collect();
    for _ in 0..KILLS {
        load.goes_on(200, Duration::from_secs(30)).await;
        kill().await;
        let back = until_it_answers(&server.url, Duration::from_secs(20)).await;
        let start = Instant::now();
        // The writers want more connections than there may be.
        load.goes_on(1, Duration::from_secs(2)).await;
        let first = start.elapsed();
        while db.pool_status().open < CONNECTIONS {
            assert!(start.elapsed() < Duration::from_secs(2), "not full again: {:?}", db.pool_status());
            sleep(Duration::from_millis(2)).await;
        }
        println!("back after {back:?}, then committed after {first:?}, full after {:?}", start.elapsed());
    }
    load.goes_on(200, Duration::from_secs(30)).await;
    load.stop.store(true, Ordering::Relaxed);
    let ended = soon(Duration::from_secs(20), join_all(writers)).await;
    let ended = ended.into_iter().map(|writer| writer.expect("no writer panics"));

    let mut there: HashMap<(i32, i32), usize> = HashMap::new();
    for (writer, number) in Entry::objects().values(|e| (e.writer, e.number)).all(db).await.unwrap() {
        *there.entry((writer, number)).or_default() += 1;
    }
    let (mut failed, mut unknown) = (0, 0);
    for (writer, transactions) in (0..).zip(ended) {
        for (number, how) in transactions {
            let rows = there.remove(&(writer, number)).unwrap_or_default();
            match how {
                Ended::Committed => assert_eq!(rows, 2, "{writer} {number} was acknowledged"),
                Ended::Failed => {
                    assert_eq!(rows, 0, "{writer} {number} had failed");
                    failed += 1;
                }
                Ended::Unknown => {
                    assert!(rows == 0 || rows == 2, "{writer} {number} is there by half");
                    unknown += 1;
                }
            }
        }
    }
    assert!(there.is_empty(), "nobody has written these: {there:?}");
    println!("{failed} failed, {unknown} in doubt");
    assert!(failed + unknown > 0, "nobody has noticed anything");
    assert!(unknown <= KILLS * CONNECTIONS, "a connection has one COMMIT at a time");
    assert_at_rest(db).await;
}
