//! Rows one after another: all of them, in order, in constant memory, and the pool is none the worse.

use futures_util::{StreamExt, TryStreamExt};
use orm::Error;
use orm::backend::Executor;
use orm::prelude::*;

use crate::support::{Db, run, run_threaded, times};

#[derive(Model, Debug, Clone, PartialEq)]
struct Line {
    #[field(primary_key, identity = false)]
    n: i64,
    #[field(max_length = 100)]
    text: String,
    #[field(default = 0)]
    seen: i32,
}

/// Fills the table by doubling it, so that even many rows are a few statements.
async fn fill(db: &Db, rows: i64) {
    Line::objects()
        .create(db, |l| l.n(0).text("some text, as long as a line of a short letter might be"))
        .await
        .unwrap();
    let mut have = 1;
    while have < rows {
        let more = have.min(rows - have);
        let sql = format!(
            "INSERT INTO line (n, text, seen) SELECT n + {have}, text, seen FROM line WHERE n < {more}"
        );
        db.batch(&sql).await.unwrap();
        have += more;
    }
}

#[test]
fn every_row_comes_in_order() {
    run(models![Line], async |db| {
        fill(db, 1_000).await;
        // Around the size of a chunk as well.
        for rows in [0, 1, 255, 256, 257, 511, 512, 513, 1_000] {
            let query = Line::objects().filter(|l| l.n.lt(rows)).order_by(|l| l.n.desc());
            let mut stream = query.stream(db);
            for n in (0..rows).rev() {
                assert_eq!(stream.try_next().await.unwrap().map(|line| line.n), Some(n));
            }
            assert_eq!(stream.try_next().await.unwrap(), None);
            assert_eq!(stream.try_next().await.unwrap(), None, "the end stays the end");
        }
        let doubled: Vec<i64> = Line::objects()
            .order_by(|l| l.n)
            .stream(db)
            .try_filter(|line| std::future::ready(line.n % 100 == 0))
            .map_ok(|line| line.n * 2)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(doubled, (0..10).map(|n| n * 200).collect::<Vec<_>>());
        assert_eq!(Line::objects().stream(db).count().await, 1_000);
    });
}

#[test]
fn a_stream_dropped_early_leaves_the_pool_whole() {
    run_threaded(models![Line], async |db| {
        fill(db, 20_000).await;
        for round in 0..20_usize {
            let mut rows = Line::objects().order_by(|l| l.n).stream(db);
            for n in 0..(round * 30) {
                assert_eq!(rows.try_next().await.unwrap().unwrap().n, i64::try_from(n).unwrap());
            }
            drop(rows);
            assert_eq!(Line::objects().pk(7).get(db).await.unwrap().n, 7);
        }
        drop(Line::objects().stream(db));
        assert_eq!(Line::objects().update(db, |l| l.seen.set(1)).await.unwrap(), 20_000);
        at_rest(db).await;
    });
}

/// Waits until every connection of the pool is idle.
async fn at_rest(db: &Db) {
    for _ in 0..100 {
        let status = db.pool_status();
        if status.open == status.idle && status.waiting == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{:?}", db.pool_status());
}

#[test]
fn several_streams_run_side_by_side() {
    run_threaded(models![Line], async |db| {
        fill(db, 2_000).await;
        let mut one = Line::objects().order_by(|l| l.n).stream(db);
        let mut two = Line::objects().order_by(|l| l.n.desc()).stream(db);
        for n in 0..2_000 {
            assert_eq!(one.try_next().await.unwrap().unwrap().n, n);
            assert_eq!(two.try_next().await.unwrap().unwrap().n, 1_999 - n);
        }
        assert_eq!((one.try_next().await.unwrap(), two.try_next().await.unwrap()), (None, None));
    });
}

#[test]
fn rows_are_changed_while_they_are_streamed() {
    run_threaded(models![Line], async |db| {
        fill(db, 1_000).await;
        let mut rows = Line::objects().filter(|l| l.seen.eq(0)).order_by(|l| l.n).stream(db);
        let mut seen = 0;
        while let Some(mut line) = rows.try_next().await.unwrap() {
            assert_eq!(line.n, seen);
            seen += 1;
            if line.n % 50 == 0 {
                line.seen = 1;
                line.save(db).await.unwrap();
                Line::objects()
                    .filter(|l| l.n.gt(line.n) & l.n.lt(line.n + 10))
                    .update(db, |l| l.seen.set(l.seen + 1))
                    .await
                    .unwrap();
            }
        }
        assert_eq!(seen, 1_000, "the rows are those of the beginning");
        assert_eq!(Line::objects().filter(|l| l.seen.gt(0)).count(db).await.unwrap(), 200);
    });
}

#[test]
fn an_error_ends_the_stream() {
    run(models![Line], async |db| {
        fill(db, 600).await;
        let mut rows = Line::objects().filter(|l| l.text.regex("(")).stream(db);
        assert!(matches!(rows.try_next().await, Err(Error::Database(_))));
        assert_eq!(rows.try_next().await.unwrap(), None);
        let mut rows = Line::objects().limit(1).filter(|l| l.n.eq(1)).stream(db);
        assert!(matches!(rows.try_next().await, Err(Error::InvalidQuery(_))));
        assert_eq!(rows.try_next().await.unwrap(), None);
        assert_eq!(Line::objects().count(db).await.unwrap(), 600);
    });
}

mod unreadable {
    use super::*;

    /// The same table, read with a field that is too narrow for one of its rows.
    #[derive(Model, Debug, Clone)]
    #[model(table = "line")]
    struct Narrow {
        #[field(primary_key, identity = false)]
        n: i16,
    }

    #[test]
    fn a_row_that_cannot_be_read_ends_the_stream_there() {
        run(models![Line], async |db| {
            fill(db, 400).await;
            db.batch("UPDATE line SET n = 100000 WHERE n = 399").await.unwrap();
            let mut rows = Narrow::objects().order_by(|l| l.n).stream(db);
            let mut read = 0;
            let error = loop {
                match rows.try_next().await {
                    Ok(Some(row)) => read += i64::from(row.n >= 0),
                    Ok(None) => panic!("the end without an error"),
                    Err(error) => break error,
                }
            };
            assert!(error.to_string().starts_with("Narrow.n: "), "{error}");
            assert!((256..400).contains(&read), "{read}");
            assert_eq!(Line::objects().count(db).await.unwrap(), 400);
        });
    }
}

#[test]
fn f4_a_stream_of_any_length_passes_in_constant_memory() {
    const ALONE: &str = "ORM_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        // Other tests of this process have memory of their own, so this one runs again in a process by itself.
        let name = std::thread::current().name().expect("a test has a name").to_owned();
        let program = std::env::current_exe().expect("the tests' program");
        let status = std::process::Command::new(program)
            .args(["--exact", &name, "--test-threads=1", "-q"])
            .env(ALONE, "1")
            .stdout(std::process::Stdio::null())
            .status()
            .expect("the tests' program runs");
        assert!(status.success(), "in a process of its own: {status}");
        return;
    }
    let count = i64::try_from(times(200_000, 10_000_000)).expect("a number of rows");
    run_threaded(models![Line], async |db| {
        fill(db, count).await;
        let mut rows = Line::objects().order_by(|l| l.n).stream(db);
        let mut at_start = None;
        let mut most = 0;
        let mut n = 0;
        while let Some(line) = rows.try_next().await.unwrap() {
            assert_eq!(line.n, n);
            n += 1;
            if n == 5_000 {
                at_start = resident();
            }
            if n % 10_000 == 0 {
                most = most.max(resident().unwrap_or(0));
            }
        }
        assert_eq!(n, count);
        // All rows at once would be more than 25 MB.
        if let Some(start) = at_start {
            assert!(most < start + (12 << 20), "from {start} to {most} bytes");
        }
    });
}

/// The bytes of memory that this process holds, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
