//! Writes outside of a transaction: short ones on their caller's thread, others on the worker, each done once.

use std::thread::ThreadId;
use std::time::{Duration, Instant};

use orm_core::backend::{
    Backend as _, Connection, Decode, PoolOptions, TransactionOptions, collect, into_collected,
};
use orm_core::error::{DatabaseErrorKind, Result};
use orm_core::value::{Row, Value};
use orm_sqlite::{Sqlite, SqliteOptions, connect_with};

use super::concurrency::{Threads, stalls_nobody};
use super::support::{Directory, batch, execute, one, write, writer};

const ROWS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)";

/// The threads that decoded what a statement gave back.
async fn threads(database: &Sqlite, sql: &str, params: Vec<Value>) -> Vec<ThreadId> {
    let mut connection = writer(database).await;
    let sink = connection.query(write(sql, params), collect::<Sqlite, _>(Threads)).await.expect("rows");
    into_collected::<Sqlite, Threads>(sink).expect("the same sink").1
}

#[tokio::test]
async fn short_writes_run_in_place_and_others_on_the_worker() {
    let directory = Directory::new();
    let here = std::thread::current().id();
    for options in [directory.options(), SqliteOptions::memory()] {
        let database = connect_with(options.in_place(Duration::from_millis(2))).await.expect("a database");
        batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY); CREATE TABLE u (a INT)").await;
        for text in
            ["INSERT INTO t (a) VALUES (?1) RETURNING id", "UPDATE t SET a = ?1 WHERE id = 1 RETURNING id"]
        {
            assert_eq!(threads(&database, text, vec![Value::I64(7)]).await, [here], "{text}");
        }
        assert_eq!(threads(&database, "DELETE FROM t WHERE id = 1 RETURNING id", Vec::new()).await, [here]);

        batch(&database, "INSERT INTO t (a) VALUES (1)").await;
        let elsewhere = [
            // Emptying a table is one instruction, and so is storing a value.
            ("DELETE FROM t RETURNING id", Vec::new()),
            ("INSERT INTO t (a) VALUES (?1) RETURNING id", vec![Value::Bytes(vec![1; 100_000])]),
            ("REPLACE INTO t (a) VALUES (1) RETURNING id", Vec::new()),
        ];
        for (text, params) in elsewhere {
            let threads = threads(&database, text, params).await;
            assert!(threads.len() == 1 && threads[0] != here, "{text}");
        }
        // In a transaction, ending a statement early would end it all.
        let mut connection = writer(&database).await;
        connection.begin(&TransactionOptions::default()).await.expect("begin");
        let insert = write("INSERT INTO u VALUES (1) RETURNING a", Vec::new());
        let sink = connection.query(insert, collect::<Sqlite, _>(Threads)).await.expect("a row");
        assert_ne!(into_collected::<Sqlite, Threads>(sink).expect("the same sink").1, [here]);
        connection.commit().await.expect("commit");
    }
}

/// SQLite looks at the clock once more behind its commit, so a statement may be called too long when it is there already.
#[tokio::test]
async fn a_write_about_as_long_as_it_may_be_is_done_once() {
    let directory = Directory::new();
    for micros in [1, 3, 10, 30] {
        let options = directory.options().in_place(Duration::from_micros(micros));
        let database = connect_with(options).await.expect("a database");
        batch(&database, "DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, n INT NOT NULL)")
            .await;
        batch(&database, &format!("INSERT INTO t (n) {ROWS} SELECT 0 FROM n LIMIT 300")).await;
        let mut sum = 0;
        // How many instructions a statement takes decides where it is when the clock is looked at.
        for rows in 1..=300 {
            let update = format!("UPDATE t SET n = n + 1 WHERE id <= {rows}");
            assert_eq!(execute(&database, &update).await.expect("an update").rows_affected, rows);
            sum += i64::try_from(rows).expect("a small number");
            assert_eq!(one::<i64>(&database, "SELECT sum(n) FROM t").await, sum, "{rows} rows, {micros} µs");
        }
        database.close().await;
    }
}

#[tokio::test]
async fn a_write_that_takes_too_long_in_place_is_done_once() {
    let directory = Directory::new();
    let here = std::thread::current().id();
    for options in [directory.options(), SqliteOptions::memory()] {
        let database = connect_with(options.in_place(Duration::from_micros(100))).await.expect("a database");
        batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT NOT NULL)").await;
        let insert = format!("INSERT INTO t (n) {ROWS} SELECT i FROM n RETURNING id");
        let threads = threads(&database, &insert, Vec::new()).await;
        assert_eq!(threads.len(), 100_000);
        assert!(threads.iter().all(|thread| *thread != here));
        assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 100_000);
        let executed = execute(&database, "UPDATE t SET n = n + 1 WHERE id > 0").await.expect("an update");
        assert_eq!(executed.rows_affected, 100_000);
        let executed =
            execute(&database, &format!("INSERT INTO t (n) {ROWS} SELECT i FROM n")).await.expect("rows");
        assert_eq!((executed.rows_affected, executed.last_insert_id), (100_000, None));
        let sum = one::<i64>(&database, "SELECT sum(n) FROM t WHERE id <= 100000").await;
        assert_eq!(sum, (2..=100_001).sum::<i64>());
        let executed = execute(&database, "DELETE FROM t WHERE n > 1").await.expect("a delete");
        assert_eq!(executed.rows_affected, 199_999);
        assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 1);
    }
}

/// Decodes slowly.
struct Slow;

impl Decode for Slow {
    type Out = ();

    fn decode<R: Row + ?Sized>(&self, _: &mut R) -> Result<()> {
        std::thread::sleep(Duration::from_millis(1));
        Ok(())
    }
}

#[tokio::test]
async fn rows_that_are_read_slowly_are_written_once() {
    let directory = Directory::new();
    for options in [directory.options(), SqliteOptions::memory()] {
        let database = connect_with(options.in_place(Duration::from_micros(100))).await.expect("a database");
        batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT NOT NULL)").await;
        let insert = format!("INSERT INTO t (n) {ROWS} SELECT i FROM n LIMIT 40 RETURNING id");
        for count in [40, 80] {
            let mut connection = writer(&database).await;
            let sink =
                connection.query(write(&insert, Vec::new()), collect::<Sqlite, _>(Slow)).await.expect("rows");
            drop(connection);
            assert_eq!(into_collected::<Sqlite, Slow>(sink).expect("the same sink").1.len(), 40);
            assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, count);
        }
    }
}

#[tokio::test]
async fn what_fails_in_place_leaves_nothing() {
    let directory = Directory::new();
    for options in [directory.options(), SqliteOptions::memory()] {
        let database = connect_with(options).await.expect("a database");
        batch(
            &database,
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT UNIQUE); INSERT INTO t (n) VALUES (1), (3)",
        )
        .await;
        let failed = execute(&database, "UPDATE t SET n = n + 1 + (n = 1) WHERE id > 0").await;
        // The first of them would meet the second.
        assert_eq!(failed.expect_err("a double").kind(), Some(DatabaseErrorKind::UniqueViolation));
        let failed = execute(&database, "INSERT INTO t (n) VALUES (5), (3)").await;
        assert_eq!(failed.expect_err("a double").kind(), Some(DatabaseErrorKind::UniqueViolation));
        assert_eq!(one::<i64>(&database, "SELECT sum(n) FROM t").await, 4);
        let executed = execute(&database, "INSERT INTO t (n) VALUES (5)").await.expect("a row");
        assert_eq!((executed.rows_affected, executed.last_insert_id), (1, Some(3)));
    }
}

/// On one thread: nothing else could run if it waited in place.
#[tokio::test]
async fn a_lock_is_waited_for_on_the_worker() {
    let directory = Directory::new();
    let options = directory.options().busy_timeout(Duration::from_secs(20));
    let (database, other) = (
        connect_with(options.clone()).await.expect("a database"),
        connect_with(options).await.expect("a database"),
    );
    batch(&database, "CREATE TABLE t (a INT)").await;
    let mut holder = writer(&other).await;
    holder.begin(&TransactionOptions::default()).await.expect("begin");
    let waiting = tokio::spawn(async move { execute(&database, "INSERT INTO t VALUES (1)").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    holder.commit().await.expect("commit");
    assert_eq!(waiting.await.expect("no panic").expect("a row").rows_affected, 1);
}

#[tokio::test]
async fn the_log_does_not_grow_without_end() {
    let directory = Directory::new();
    let database = directory.database().await;
    batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL)").await;
    // Each takes at least two pages of the log, of which 1,000 fill it.
    for _ in 0..4_000 {
        let insert = write("INSERT INTO t (a) VALUES (?1)", vec![Value::Text("x".repeat(4_096))]);
        writer(&database).await.execute(insert).await.expect("a row");
    }
    let log = std::fs::metadata(directory.file("test.db-wal")).expect("a log").len();
    assert!(log < 6 << 20, "the log has {log} bytes");
    assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 4_000);
}

/// On one thread: a task that writes all the time, short and long, beside one that wants to run all the time.
#[tokio::test]
async fn writes_do_not_stall_other_tasks() {
    let directory = Directory::new();
    let database = directory.database().await;
    batch(
        &database,
        &format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); INSERT INTO t {ROWS} SELECT i, i FROM n;
             INSERT INTO t (n) SELECT n FROM t; INSERT INTO t (n) SELECT n FROM t"
        ),
    )
    .await;
    let writes = async move {
        let mut shortest = Duration::MAX;
        for number in 0..5_000_i64 {
            let sql = match number % 500 {
                0 => write("UPDATE t SET n = n + 1", Vec::new()),
                1..20 => write("UPDATE t SET n = n + 1 WHERE id < 300", Vec::new()),
                _ => write("UPDATE t SET n = n + 1 WHERE id = ?1", vec![Value::I64(number % 1_000 + 1)]),
            };
            let asked = Instant::now();
            writer(&database).await.execute(sql).await.expect("an update");
            if number % 500 == 0 {
                shortest = shortest.min(asked.elapsed());
            }
        }
        shortest
    };
    stalls_nobody(writes).await;
}

/// On the worker, too, SQLite looks at the clock once more behind its commit, which is most of what this takes.
#[tokio::test]
async fn a_write_that_passed_its_time_out_is_not_there() {
    let directory = Directory::new();
    let pool = PoolOptions::default().statement_timeout(Duration::from_millis(1));
    let database = connect_with(directory.options().pool(pool)).await.expect("a database");
    batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB)").await;
    let mut connection = writer(&database).await;
    // So the row is written when it is committed, and not before.
    connection.batch("PRAGMA cache_size = -10000").await.expect("a setting");
    let mut kept = 0;
    for _ in 0..60 {
        let insert = "INSERT INTO t (a) VALUES (zeroblob(3000000))";
        let done = connection.execute(write(insert, Vec::new())).await;
        match done {
            Ok(_) => kept += 1,
            Err(error) => assert_eq!(error.kind(), Some(DatabaseErrorKind::StatementTimeout)),
        }
    }
    drop(connection);
    assert!(kept > 0);
    assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, kept);
}
