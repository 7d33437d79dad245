//! Cursors give every row in constant memory, and leave room for others where there is one connection.

use std::time::Duration;

use orm_core::backend::{Backend, Connection, Cursor, PoolOptions, TransactionOptions};
use orm_core::compile::Access;
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;
use orm_sqlite::{Sqlite, SqliteCursor, connect_with};

use super::support::{
    Directory, OPERATION, all, batch, collected, execute, memory, one, read, reader, sink, write, writer,
};

const COUNTING: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT i FROM n";

async fn open(database: &Sqlite, sql: &str, params: Vec<Value>) -> SqliteCursor {
    reader(database).await.cursor(read(sql, params)).await.expect("a cursor")
}

async fn next(cursor: &mut SqliteCursor, rows: usize) -> (Vec<i64>, bool) {
    let fetched = cursor.fetch(sink::<i64>(), rows).await.expect("a chunk");
    (collected(fetched.sink), fetched.more)
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn a_million_rows_pass_in_flat_memory() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                   SELECT printf('%0500d', i) FROM n";
        let mut cursor = open(&database, sql, vec![Value::I64(1_000_000)]).await;
        let (mut count, mut last, mut before, mut most) = (0, String::new(), 0, 0);
        loop {
            let fetched = cursor.fetch(sink::<String>(), 1000).await.expect("a chunk");
            let mut rows = collected::<String>(fetched.sink);
            count += rows.len();
            last = rows.pop().unwrap_or(last);
            if count == 10_000 {
                before = resident_kib();
            }
            most = most.max(resident_kib());
            if !fetched.more {
                break;
            }
        }
        assert_eq!((count, last.len(), last.trim_start_matches('0')), (1_000_000, 500, "1000000"));
        // Kept, the rows would take 500 MiB. Other tests run in this process, and one of them alone binds 20 MiB.
        let grown = most.saturating_sub(before);
        assert!(grown < 160 * 1024, "{grown} KiB more");
        assert_eq!(next(&mut cursor, 10).await, (Vec::new(), false));
    }
}

#[tokio::test]
async fn chunks_of_any_size_give_each_row_once() {
    let database = memory().await;
    for size in [1, 3, 10, 11, 100] {
        let mut cursor = open(&database, COUNTING, vec![Value::I64(10)]).await;
        let mut all = Vec::new();
        loop {
            let (rows, more) = next(&mut cursor, size).await;
            assert!(rows.len() <= size);
            all.extend(rows);
            if !more {
                break;
            }
        }
        assert_eq!(all, (1..=10).collect::<Vec<_>>(), "{size}");
    }
}

#[tokio::test]
async fn rows_can_be_updated_while_they_are_streamed() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT)").await;
        let fill = "INSERT INTO t SELECT i, 0 FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n)";
        batch(&database, fill).await;
        let mut cursor = open(&database, "SELECT id FROM t ORDER BY id", Vec::new()).await;
        let mut seen = 0;
        loop {
            let (rows, more) = next(&mut cursor, 100).await;
            for id in rows {
                let sql = write("UPDATE t SET a = a + 1 WHERE id = ?1", vec![Value::I64(id)]);
                writer(&database).await.execute(sql).await.expect("an update");
                seen += 1;
            }
            if !more {
                break;
            }
        }
        assert_eq!(seen, 1000);
        assert_eq!(one::<i64>(&database, "SELECT sum(a) FROM t WHERE a = 1").await, 1000);
    }
}

#[tokio::test]
async fn many_cursors_rest_on_one_connection() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (a INT)").await;
    let mut cursors = Vec::new();
    for _ in 0..20 {
        cursors.push(open(&database, COUNTING, vec![Value::I64(100)]).await);
    }
    for round in 0..10_i64 {
        for cursor in &mut cursors {
            assert_eq!(next(cursor, 10).await.0, (round * 10 + 1..=round * 10 + 10).collect::<Vec<_>>());
        }
        execute(&database, "INSERT INTO t VALUES (1)").await.expect("a row");
    }
    cursors.truncate(3);
    assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 10);
}

/// A query that rests on its table keeps it from being dropped.
#[tokio::test]
async fn a_dropped_cursor_lets_go_of_its_table() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2), (3)").await;
    let mut cursors = Vec::new();
    for rows in [0, 1, 2] {
        let mut cursor = open(&database, "SELECT a FROM t", Vec::new()).await;
        assert_eq!(next(&mut cursor, rows).await.0.len(), rows);
        cursors.push(cursor);
    }
    let held = execute(&database, "DROP TABLE t").await.expect_err("it is being read");
    assert_eq!(held.kind(), Some(Kind::Busy));
    drop(cursors);
    execute(&database, "DROP TABLE t").await.expect("nothing holds the table");
}

#[tokio::test]
async fn a_dropped_cursor_gives_its_reader_back() {
    let directory = Directory::new();
    // One reader, so that the next caller gets the one that the cursor had.
    let pool = PoolOptions::default().pool_size(1);
    let database = connect_with(directory.options().pool(pool)).await.expect("a database");
    batch(&database, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2), (3)").await;
    for round in 0..50 {
        let mut cursor = open(&database, "SELECT a FROM t", Vec::new()).await;
        let rows = round % 3;
        assert_eq!(
            next(&mut cursor, usize::try_from(rows).expect("few")).await,
            ((1..=rows).collect(), true)
        );
        execute(&database, "INSERT INTO t VALUES (4)").await.expect("a row");
        drop(cursor);
        // A query that still rests would show the table as it was.
        assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 4 + round);
    }
    assert_eq!(database.status().idle, database.status().open);
    let checkpoint =
        all::<i64>(&database, write("PRAGMA wal_checkpoint(TRUNCATE)", Vec::new())).await.expect("a row");
    assert_eq!(checkpoint, [0], "no snapshot is held");
}

#[tokio::test]
async fn a_dropped_fetch_ends_the_cursor_and_frees_the_connection() {
    const SLOW: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0";
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        let mut cursor = open(&database, SLOW, Vec::new()).await;
        let timed_out =
            tokio::time::timeout(Duration::from_millis(30), cursor.fetch(sink::<i64>(), 10)).await;
        assert!(timed_out.is_err());
        drop(cursor);
        assert_eq!(one::<i64>(&database, "SELECT 1").await, 1);
    }
}

#[tokio::test]
async fn a_cursor_in_a_transaction_sees_its_rows() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, "CREATE TABLE t (a INT)").await;
        let mut connection = database.acquire(Access::Write, OPERATION).await.expect("a connection");
        connection.begin(&TransactionOptions::default()).await.expect("begin");
        connection.execute(write("INSERT INTO t VALUES (7)", Vec::new())).await.expect("a row");
        let mut cursor = connection.cursor(read("SELECT a FROM t", Vec::new())).await.expect("a cursor");
        assert_eq!(next(&mut cursor, 10).await, (vec![7], false));
        drop(cursor);
        assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 0, "rolled back with its holder");
    }
}

#[tokio::test]
async fn an_error_ends_the_cursor() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), ('x'), (4)").await;
    let mut cursor = open(&database, "SELECT a FROM t", Vec::new()).await;
    assert_eq!(next(&mut cursor, 2).await, (vec![1, 2], true));
    assert!(cursor.fetch(sink::<i64>(), 2).await.is_err());
    assert_eq!(next(&mut cursor, 2).await, (Vec::new(), false));
    let error =
        reader(&database).await.cursor(read("SELECT b FROM t", Vec::new())).await.err().expect("no column");
    assert_eq!(error.kind(), Some(Kind::ProgrammingError));
}
