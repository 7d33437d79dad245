//! Each connection has its session settings, whichever it is.

use orm_core::backend::{Connection, Executed, PoolOptions};
use orm_core::value::Value;
use orm_sqlite::connect_with;

use super::support::{Directory, all, all_on, batch, execute, memory, one, read, reader, write, writer};

#[tokio::test]
async fn settings_are_made_on_every_connection() {
    let directory = Directory::new();
    let database = directory.database().await;
    let mut connections = vec![writer(&database).await];
    for _ in 0..4 {
        connections.push(reader(&database).await);
    }
    for (at, connection) in connections.iter_mut().enumerate() {
        // Those that only read sort what is large in files.
        let temp_store = if at > 0 { 0 } else { 2 };
        for (name, expected) in
            [("foreign_keys", 1), ("synchronous", 1), ("temp_store", temp_store), ("trusted_schema", 0)]
        {
            let sql = write(&format!("PRAGMA {name}"), Vec::new());
            assert_eq!(all_on::<i64>(connection, sql).await.expect("a row"), [expected], "{name}");
        }
        let mode =
            all_on::<String>(connection, read("PRAGMA journal_mode", Vec::new())).await.expect("a row");
        assert_eq!(mode, ["wal"]);
        let reads = all_on::<i64>(connection, read("PRAGMA query_only", Vec::new())).await.expect("a row");
        assert_eq!(reads, [i64::from(at > 0)]);
        let lower =
            all_on::<String>(connection, read("SELECT orm_lower('Ä')", Vec::new())).await.expect("a row");
        assert_eq!(lower, ["ä"]);
    }
}

#[tokio::test]
async fn it_works_without_a_cache_of_statements() {
    let directory = Directory::new();
    let pool = PoolOptions::default().pool_size(1_usize).statement_cache(0_usize);
    let database = connect_with(directory.options().pool(pool)).await.expect("a database");
    batch(&database, "CREATE TABLE t (a INT)").await;
    for n in 0..3 {
        assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, n);
        execute(&database, "INSERT INTO t VALUES (1)").await.expect("a row");
    }
}

#[tokio::test]
async fn what_a_statement_did_is_counted() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE)").await;
    let done =
        |rows_affected, last_insert_id| Executed { rows_affected, last_insert_id, inserted_ids: Vec::new() };
    for (sql, expected) in [
        ("INSERT INTO t (a) VALUES (1)", done(1, Some(1))),
        ("INSERT INTO t (a) VALUES (2), (3)", done(2, None)),
        ("INSERT OR IGNORE INTO t (a) VALUES (2)", done(0, None)),
        ("INSERT INTO t (a) VALUES (2) ON CONFLICT (a) DO UPDATE SET a = 20", done(1, None)),
        ("UPDATE t SET a = a", done(3, None)),
        ("CREATE INDEX i ON t (a)", done(0, None)),
        ("DELETE FROM t WHERE a > 1", done(2, None)),
        ("SELECT * FROM t", done(0, None)),
        ("DELETE FROM t", done(1, None)),
        ("INSERT INTO t (id, a) VALUES (-5, 1)", done(1, None)),
        ("INSERT INTO t (id, a) VALUES (50, 2)", done(1, Some(50))),
    ] {
        assert_eq!(execute(&database, sql).await.expect(sql), expected, "{sql}");
    }
}

#[tokio::test]
async fn a_changed_schema_is_noticed_by_prepared_statements() {
    let directory = Directory::new();
    let (first, second) = (directory.database().await, directory.database().await);
    batch(&first, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1)").await;
    assert_eq!(all::<i64>(&second, read("SELECT * FROM t", Vec::new())).await.expect("rows"), [1]);
    batch(&first, "ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t ADD COLUMN c INT DEFAULT 5").await;
    for _ in 0..6 {
        assert_eq!(all::<i64>(&second, read("SELECT * FROM t", Vec::new())).await.expect("rows"), [1]);
        assert_eq!(one::<i64>(&second, "SELECT c FROM t").await, 5);
    }
    let mut connection = reader(&second).await;
    connection.batch("SELECT 1; -- a comment\n ; SELECT 2;").await.expect("a batch");
    assert!(all_on::<i64>(&mut connection, read("SELECT a FROM t", vec![])).await.is_err());
    assert!(all_on::<i64>(&mut connection, read("SELECT ?1", vec![Value::I64(1)])).await.is_ok());
}
