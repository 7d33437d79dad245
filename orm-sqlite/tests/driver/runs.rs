//! One statement that runs for each of several rows: in one call, all or none, and each key is told.

use std::time::{Duration, Instant};

use orm_core::backend::{Connection, TransactionOptions};
use orm_core::compile::CompiledSql;
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::{RowValues, Value};
use tokio::time::timeout;

use super::support::{Directory, all_on, batch, execute, memory, one, sink, write, writer};

const TABLE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT UNIQUE, b TEXT)";
const INSERT: &str = "INSERT INTO t (a, b) VALUES (?, ?)";
const COUNT: &str = "SELECT count(*) FROM t";

fn runs(sql: &str, rows: impl IntoIterator<Item = i64>) -> CompiledSql {
    let row = |a| vec![Value::I64(a), Value::Text(format!("row {a}"))];
    with_rows(sql, rows.into_iter().map(row).collect())
}

fn with_rows(sql: &str, rows: Vec<Vec<Value>>) -> CompiledSql {
    let mut sql = write(sql, Vec::new());
    sql.runs = rows.len();
    sql.rows = Some(Box::new(RowValues::from(rows)));
    sql
}

#[tokio::test]
async fn each_row_is_there_and_its_key_is_told() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, TABLE).await;
        batch(&database, "INSERT INTO t (id, a) VALUES (41, 0)").await;
        let mut connection = writer(&database).await;
        let done = connection.execute(runs(INSERT, 1..=3)).await.expect("rows");
        assert_eq!((done.rows_affected, done.inserted_ids), (3, vec![42, 43, 44]));
        // Nothing is counted anew where rows are left out or changed, so no key is told.
        let ignoring = "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT DO NOTHING";
        let done = connection.execute(runs(ignoring, 3..=4)).await.expect("rows");
        assert_eq!((done.rows_affected, done.inserted_ids), (1, Vec::new()));
        let done =
            connection.execute(runs("UPDATE t SET a = ? + 10 WHERE b = ?", 2..=9)).await.expect("rows");
        assert_eq!((done.rows_affected, done.inserted_ids), (3, Vec::new()));
        let given = all_on::<i64>(&mut connection, runs(&format!("{INSERT} RETURNING a"), 20..=22)).await;
        assert_eq!(given.expect("rows"), [20, 21, 22]);
        drop(connection);
        assert_eq!(one::<i64>(&database, "SELECT sum(a) FROM t").await, 1 + 12 + 13 + 14 + 63);
    }
}

#[tokio::test]
async fn what_fails_in_one_run_leaves_nothing_of_the_others() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, TABLE).await;
        let mut connection = writer(&database).await;
        let error = connection.execute(runs(INSERT, [1, 2, 1])).await.expect_err("taken");
        assert_eq!(error.kind(), Some(Kind::UniqueViolation));
        // Nobody wants a text as a number: the sink's error.
        let returning = format!("{INSERT} RETURNING b");
        let error = connection.query(runs(&returning, 1..=9), sink::<i64>()).await.err().expect("no number");
        assert!(error.kind().is_none(), "{error:?}");
        // Refused before the first run.
        let row = |a| vec![a, Value::Text("a row".to_owned())];
        let refused = with_rows(INSERT, vec![row(Value::I64(1)), row(Value::U64(u64::MAX))]);
        connection.execute(refused).await.expect_err("too large a number");
        let uneven = with_rows(INSERT, vec![vec![Value::I64(1)]; 3]);
        connection.execute(uneven).await.expect_err("too few parameters");
        let mut uneven = runs(INSERT, 1..=3);
        uneven.params.push(Value::I64(4));
        connection.execute(uneven).await.expect_err("too many parameters");
        // The connection is as it was: outside of a transaction.
        connection.begin(&TransactionOptions::default()).await.expect("none is open");
        connection.rollback().await.expect("the end");
        drop(connection);
        assert_eq!(one::<i64>(&database, COUNT).await, 0);
        execute(&database, "INSERT INTO t (a) VALUES (1)").await.expect("a row");
    }
}

#[tokio::test]
async fn in_a_transaction_they_are_part_of_it() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, TABLE).await;
        for (keep, expected) in [(false, 0), (true, 3)] {
            let mut connection = writer(&database).await;
            connection.begin(&TransactionOptions::default()).await.expect("begin");
            connection.execute(runs(INSERT, 1..=3)).await.expect("rows");
            if keep { connection.commit().await } else { connection.rollback().await }.expect("an end");
            drop(connection);
            assert_eq!(one::<i64>(&database, COUNT).await, expected);
        }
    }
}

#[tokio::test]
async fn dropped_on_the_way_they_leave_nothing() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, TABLE).await;
        for round in 0..10 {
            let mut connection = writer(&database).await;
            // Cheap rows, between which SQLite does not ask whether it is to end.
            let many = runs(INSERT, 0..30_000);
            let dropped = timeout(Duration::from_millis(1 + round), connection.execute(many)).await;
            assert!(dropped.is_err(), "so many rows take longer");
            let started = Instant::now();
            drop(connection);
            assert_eq!(one::<i64>(&database, COUNT).await, 0);
            assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
        }
    }
}
