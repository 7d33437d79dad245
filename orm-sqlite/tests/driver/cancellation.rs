//! A call that is dropped, or takes too long, ends within milliseconds and leaves nothing behind.

use std::time::{Duration, Instant};

use orm_core::backend::{Connection, PoolOptions, TransactionOptions};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_sqlite::connect_with;
use tokio::time::timeout;

use super::support::{Directory, all_on, batch, memory, one, read, sink, write, writer};

const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
const ENDLESS_INSERT: &str =
    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
const COUNT: &str = "SELECT count(*) FROM t";

#[tokio::test]
async fn a_dropped_query_frees_its_connection_at_once() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        let mut connection = writer(&database).await;
        for in_place in [true, false] {
            let sql = if in_place { read(ENDLESS, Vec::new()) } else { write(ENDLESS, Vec::new()) };
            let dropped = timeout(Duration::from_millis(50), connection.query(sql, sink::<i64>())).await;
            assert!(dropped.is_err());
            let started = Instant::now();
            let rows = all_on::<i64>(&mut connection, write("SELECT 1", Vec::new())).await.expect("a row");
            assert_eq!(rows, [1]);
            assert!(started.elapsed() < Duration::from_millis(100), "{:?}", started.elapsed());
        }
    }
}

#[tokio::test]
async fn a_call_dropped_in_a_transaction_rolls_it_back_before_anybody_else() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, "CREATE TABLE t (a INT)").await;
        for keep in [true, false] {
            let mut connection = writer(&database).await;
            connection.begin(&TransactionOptions::default()).await.expect("begin");
            connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect("a row");
            let dropped =
                timeout(Duration::from_millis(20), connection.execute(write(ENDLESS_INSERT, Vec::new())))
                    .await;
            assert!(dropped.is_err());
            if keep {
                // The closure went on after a time-out of its own: nothing it does may be kept.
                let error = connection
                    .execute(write("INSERT INTO t VALUES (2)", Vec::new()))
                    .await
                    .expect_err("lost");
                assert_eq!(error.kind(), Some(Kind::TransactionAborted));
                let error = connection.commit().await.expect_err("lost");
                assert_eq!(error.kind(), Some(Kind::TransactionAborted));
            }
            drop(connection);
            let started = Instant::now();
            assert_eq!(one::<i64>(&database, COUNT).await, 0);
            let mut next = writer(&database).await;
            next.begin(&TransactionOptions::default()).await.expect("no transaction is open");
            next.rollback().await.expect("rollback");
            assert!(started.elapsed() < Duration::from_millis(200), "{:?}", started.elapsed());
        }
    }
}

#[tokio::test]
async fn every_call_of_a_transaction_may_be_dropped_at_any_poll() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (a INT)").await;
    for micros in (0..400).step_by(4) {
        let work = async {
            let mut connection = writer(&database).await;
            connection.begin(&TransactionOptions::default()).await?;
            connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await?;
            connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await?;
            connection.commit().await
        };
        let mut work = Box::pin(work);
        let deadline = Instant::now() + Duration::from_micros(micros);
        std::future::poll_fn(|context| {
            let done = work.as_mut().poll(context).is_ready();
            if done || Instant::now() >= deadline {
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
        drop(work);
        let mut next = writer(&database).await;
        let count = all_on::<i64>(&mut next, read(COUNT, Vec::new())).await.expect("a count").remove(0);
        assert_eq!(count % 2, 0, "half a transaction was kept after {micros} µs");
        next.begin(&TransactionOptions::default()).await.expect("no transaction is open");
        next.rollback().await.expect("rollback");
    }
}

#[tokio::test]
async fn the_statement_timeout_ends_a_statement_and_nothing_else() {
    let directory = Directory::new();
    let pool = PoolOptions::default().pool_size(2_usize).statement_timeout(Duration::from_millis(100));
    let database = connect_with(directory.options().pool(pool)).await.expect("a database");
    batch(&database, "CREATE TABLE t (a INT)").await;
    for sql in [read(ENDLESS, Vec::new()), write(ENDLESS, Vec::new()), write(ENDLESS_INSERT, Vec::new())] {
        let mut connection = writer(&database).await;
        let started = Instant::now();
        let error = connection.query(sql, sink::<i64>()).await.err().expect("too long");
        assert_eq!(error.kind(), Some(Kind::StatementTimeout));
        assert!((90..400).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
        assert_eq!(all_on::<i64>(&mut connection, read(COUNT, Vec::new())).await.expect("a count"), [0]);
    }
}

#[tokio::test]
async fn a_writer_that_waits_for_a_lock_can_be_dropped() {
    let directory = Directory::new();
    let (first, second) = (directory.database().await, directory.database().await);
    batch(&first, "CREATE TABLE t (a INT)").await;
    let mut holder = writer(&first).await;
    holder.begin(&TransactionOptions::default()).await.expect("begin");
    let mut waiter = writer(&second).await;
    assert!(timeout(Duration::from_millis(50), waiter.begin(&TransactionOptions::default())).await.is_err());
    let started = Instant::now();
    assert_eq!(all_on::<i64>(&mut waiter, read(COUNT, Vec::new())).await.expect("a count"), [0]);
    assert!(started.elapsed() < Duration::from_millis(100), "{:?}", started.elapsed());
}
