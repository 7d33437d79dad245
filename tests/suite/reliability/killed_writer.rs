//! A process that writes a file is killed while it does: every transaction that it was told of is there, and none by half.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use orm::models;
use orm::prelude::*;

use super::killed::{Entry, write};
use crate::suite::transactions::assert_at_rest;
use crate::support::{TestDatabase, run_by_url, times};

const AT: &str = "ORM_TEST_WRITE_AT";
const FROM: &str = "ORM_TEST_WRITE_FROM";
const WRITERS: i32 = 4;

/// What the other process runs, until it is killed; nothing where no other one has asked for it.
#[test]
fn the_process_that_writes() {
    let (Ok(url), Ok(from)) = (std::env::var(AT), std::env::var(FROM)) else { return };
    let from: i32 = from.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let db = crate::Backend::connect(&url).await;
        let writers = (0..WRITERS).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                for number in from.. {
                    write(&db, writer, number).await.expect("it is written");
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "\nwritten {writer} {number}")
                        .and_then(|()| out.flush())
                        .expect("somebody listens");
                }
            })
        });
        futures_util::future::join_all(writers.collect::<Vec<_>>()).await;
    });
}

/// Lets the other process write, kills it in the middle of that, and gives what it was told of as committed.
fn killed_while_it_writes(url: &str, from: i32, acknowledged: usize) -> BTreeSet<(i32, i32)> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["suite::reliability::killed_writer::the_process_that_writes", "--exact", "--nocapture"])
        .env(AT, url)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let written = |line: String| {
        let (writer, number) = line.strip_prefix("written ")?.split_once(' ')?;
        Some((writer.parse().ok()?, number.parse().ok()?))
    };
    let end = Instant::now() + Duration::from_secs(30);
    let mut told: BTreeSet<(i32, i32)> = BTreeSet::new();
    while told.len() < acknowledged && Instant::now() < end {
        told.extend(lines.next().and_then(written));
    }
    child.kill().expect("it runs");
    assert!(!child.wait().expect("it ends").success());
    // What it had said by then, also if nobody had read it.
    told.extend(lines.filter_map(written));
    assert!(told.len() >= acknowledged, "it has written {} transactions", told.len());
    told
}

#[test]
fn b2_a_process_that_writes_a_file_is_killed() {
    run_by_url(async |db, url| {
        // The others are servers: `b2_the_server_is_killed_under_load`.
        if db.dialect() != Dialect::Sqlite {
            return;
        }
        db.create_tables(models![Entry]).await.unwrap();
        // Nobody else has the file open when the process dies.
        db.close().await;
        let (mut told, mut from) = (BTreeSet::new(), 0);
        for round in 0..times(5, 50) {
            let at = url.to_owned();
            let writing =
                tokio::task::spawn_blocking(move || killed_while_it_writes(&at, from, 50 + round * 7));
            told.append(&mut writing.await.unwrap());
            // Opened anew, as by the next process.
            let db = &crate::Backend::connect(url).await;
            let whole: String = orm::raw!("PRAGMA integrity_check").fetch_one(db).await.unwrap();
            assert_eq!(whole, "ok");
            let mut there: BTreeMap<(i32, i32), usize> = BTreeMap::new();
            for (writer, number) in Entry::objects().values(|e| (e.writer, e.number)).all(db).await.unwrap() {
                *there.entry((writer, number)).or_default() += 1;
            }
            assert!(there.values().all(|halves| *halves == 2), "there by half: {there:?}");
            let lost: Vec<_> = told.iter().filter(|written| !there.contains_key(written)).collect();
            assert!(lost.is_empty(), "told of and not there: {lost:?}");
            // Those of which it had no time to tell: one for each writer at most, each time.
            let untold = there.len() - told.len();
            assert!(untold <= (round + 1) * usize::try_from(WRITERS).unwrap(), "{untold}");
            from = there.keys().map(|(_, number)| number + 1).max().unwrap_or_default();
            db.close().await;
        }
        // Nothing is left locked.
        let db = crate::Backend::connect(url).await;
        write(&db, 0, from).await.unwrap();
        assert_at_rest(&db).await;
        db.close().await;
    });
}
