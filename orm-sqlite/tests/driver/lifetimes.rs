//! Databases, threads and runtimes end in any order without a panic or a leak.

use std::time::{Duration, Instant};

use orm_core::backend::{Backend, Connection, Cursor, TransactionOptions};
use orm_core::error::{Error, PoolError};
use orm_sqlite::{Sqlite, SqliteOptions, connect, connect_with};

use super::support::{Directory, batch, execute, memory, one, read, reader, sink, write, writer};

/// Threads of this process by their names; other tests run beside, so only names made for one are counted.
fn threads_in(directory_fds: &str) -> usize {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else { return 0 };
    entries
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|path| path.to_string_lossy().contains(directory_fds))
        .count()
}

#[tokio::test]
async fn databases_in_memory_are_private_and_outlive_their_connections() {
    let (first, second) = (memory().await, connect("sqlite://:memory:").await.expect("a database"));
    batch(&first, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1)").await;
    assert!(execute(&second, "SELECT * FROM t").await.is_err());
    let clone = first.clone();
    drop(first);
    assert_eq!(one::<i64>(&clone, "SELECT a FROM t").await, 1);
}

#[tokio::test]
async fn a_panic_while_holding_it_does_not_lose_the_memory() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (a INT)").await;
    for _ in 0..20 {
        let theirs = database.clone();
        let panicked = tokio::spawn(async move {
            let mut connection = writer(&theirs).await;
            connection.begin(&TransactionOptions::default()).await.expect("begin");
            connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect("a row");
            panic!("in the closure");
        });
        assert!(panicked.await.is_err());
        assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 0);
    }
}

#[test]
fn a_runtime_may_end_with_open_transactions_and_cursors() {
    let directory = Directory::new();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("one");
    let kept = runtime.block_on(async {
        let database = directory.database().await;
        batch(&database, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2)").await;
        for _ in 0..10 {
            let (memory, file) = (memory().await, database.clone());
            tokio::spawn(async move {
                let mut connection = writer(&memory).await;
                connection.begin(&TransactionOptions::default()).await.expect("begin");
                std::future::pending::<()>().await;
                drop((connection, file));
            });
        }
        let mut connection = writer(&database).await;
        connection.begin(&TransactionOptions::default()).await.expect("begin");
        connection.execute(write("INSERT INTO t VALUES (3)", Vec::new())).await.expect("a row");
        let mut cursor =
            reader(&database).await.cursor(read("SELECT a FROM t", Vec::new())).await.expect("a cursor");
        assert!(cursor.fetch(sink::<i64>(), 1).await.expect("a chunk").more);
        (database, connection, cursor)
    });
    drop(runtime);
    // Outside of any runtime.
    drop(kept);
    let deadline = Instant::now() + Duration::from_secs(2);
    let files = directory.options();
    let name = format!("{:?}", files.clone());
    let name = name.split("orm-sqlite-").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    while threads_in(&format!("orm-sqlite-{name}/")) > 0 {
        assert!(Instant::now() < deadline, "the database is still open");
        std::thread::sleep(Duration::from_millis(5));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("one");
    runtime.block_on(async {
        let database = connect_with(files).await.expect("a database");
        assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 2);
    });
}

#[tokio::test]
async fn a_closed_database_says_so() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        database.close().await;
        let error = execute(&database, "SELECT 1").await.expect_err("closed");
        assert!(matches!(&error, Error::Pool(error) if matches!(**error, PoolError::Closed)), "{error}");
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_at_connect() {
    let directory = Directory::new();
    let missing = connect_with(directory.options().create(false)).await;
    assert!(matches!(missing.err(), Some(Error::Pool(_))));
    assert!(connect("sqlite:/no/such/directory/x.db").await.is_err());
    assert!(matches!(connect("sqlite:x?colour=red").await.err(), Some(Error::Config(_))));
    assert!(connect_with(SqliteOptions::memory().read_only(true)).await.is_err());
    let Some(Error::Pool(error)) = connect_with(SqliteOptions::file(std::env::temp_dir())).await.err() else {
        panic!("a directory is no database");
    };
    assert!(error.to_string().contains("sqlite:"), "{error}");
}

#[tokio::test]
async fn the_gauges_count_the_writer_and_the_readers() {
    let directory = Directory::new();
    let database: Sqlite = directory.database().await;
    let held = reader(&database).await;
    let status = database.status();
    assert_eq!((status.open, status.idle, status.max), (2, 1, 5));
    drop(held);
    assert_eq!(database.status().idle, 2);
}
