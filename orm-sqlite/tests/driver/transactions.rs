//! Transactions commit whole or not at all, and nothing runs outside of one that it was meant for.

use std::time::{Duration, Instant};

use orm_core::backend::{Backend, Connection, IsolationLevel, TransactionOptions};
use orm_core::compile::Access;
use orm_core::error::{DatabaseErrorKind as Kind, Error};
use orm_sqlite::connect_with;

use super::support::{Directory, OPERATION, all_on, batch, memory, one, read, reader, write, writer};

const COUNT: &str = "SELECT count(*) FROM t";

#[tokio::test]
async fn commit_keeps_and_rollback_forgets() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, "CREATE TABLE t (a INT)").await;
        for (commit, expected) in [(true, 1), (false, 1)] {
            let mut connection = writer(&database).await;
            connection.begin(&TransactionOptions::default()).await.expect("begin");
            connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect("a row");
            let inside = all_on::<i64>(&mut connection, read(COUNT, Vec::new())).await.expect("a count");
            assert_eq!(inside, [if commit { 1 } else { 2 }]);
            if commit { connection.commit().await } else { connection.rollback().await }.expect("an end");
            drop(connection);
            assert_eq!(one::<i64>(&database, COUNT).await, expected);
        }
    }
}

#[tokio::test]
async fn savepoints_nest_and_roll_back_alone() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, "CREATE TABLE t (a INT)").await;
        let mut connection = writer(&database).await;
        connection.begin(&TransactionOptions::default()).await.expect("begin");
        for (depth, keep) in [true, false, true].into_iter().enumerate() {
            connection.execute(write(&format!("SAVEPOINT s{depth}"), Vec::new())).await.expect("a savepoint");
            connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect("a row");
            if !keep {
                connection.batch(&format!("ROLLBACK TO s{depth}")).await.expect("back");
            }
            connection.batch(&format!("RELEASE s{depth}")).await.expect("a release");
        }
        let error = connection.batch("RELEASE s0").await.expect_err("given up before");
        assert_eq!(error.kind(), Some(Kind::ProgrammingError));
        connection.commit().await.expect("commit");
        drop(connection);
        assert_eq!(one::<i64>(&database, COUNT).await, 2);
    }
}

#[tokio::test]
async fn a_dropped_transaction_is_rolled_back_before_the_connection_is_lent_again() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, "CREATE TABLE t (a INT)").await;
        for _ in 0..50 {
            let mut connection = writer(&database).await;
            connection.begin(&TransactionOptions::default()).await.expect("begin");
            connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect("a row");
            drop(connection);
            let mut next = writer(&database).await;
            assert_eq!(all_on::<i64>(&mut next, read(COUNT, Vec::new())).await.expect("a count"), [0]);
            next.begin(&TransactionOptions::default()).await.expect("no transaction is open");
            next.rollback().await.expect("rollback");
        }
    }
}

#[tokio::test]
async fn a_transaction_that_sqlite_rolled_back_cannot_be_committed() {
    let directory = Directory::new();
    let database = directory.database().await;
    batch(&database, "CREATE TABLE t (a BLOB)").await;
    let mut connection = writer(&database).await;
    // On this loan: a connection with settings of an earlier one is not lent again.
    connection.batch("PRAGMA max_page_count = 20").await.expect("a setting");
    connection.begin(&TransactionOptions::default()).await.expect("begin");
    connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect("a row");
    // The whole transaction goes, as it does when the disk is full in the middle of a page.
    let error =
        connection.execute(write("INSERT OR ROLLBACK INTO t VALUES (zeroblob(1000000))", Vec::new())).await;
    assert_eq!(error.expect_err("full").kind(), Some(Kind::OutOfResources));
    let after = connection.execute(write("INSERT INTO t VALUES (2)", Vec::new())).await;
    let lost = after.is_err();
    let committed = connection.commit().await;
    if lost {
        assert_eq!(committed.expect_err("no transaction").kind(), Some(Kind::TransactionAborted));
    }
    drop(connection);
    assert_eq!(one::<i64>(&database, COUNT).await, if lost { 0 } else { 2 });
}

#[tokio::test]
async fn an_error_that_ends_the_transaction_shields_what_follows() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (a INT UNIQUE); INSERT INTO t VALUES (1)").await;
    let mut connection = writer(&database).await;
    connection.begin(&TransactionOptions::default()).await.expect("begin");
    connection.execute(write("INSERT INTO t VALUES (2)", Vec::new())).await.expect("a row");
    let error = connection.execute(write("INSERT OR ROLLBACK INTO t VALUES (1)", Vec::new())).await;
    assert_eq!(error.expect_err("a duplicate").kind(), Some(Kind::UniqueViolation));
    let error = connection.execute(write("INSERT INTO t VALUES (3)", Vec::new())).await.expect_err("outside");
    assert_eq!(error.kind(), Some(Kind::TransactionAborted));
    assert!(all_on::<i64>(&mut connection, read(COUNT, Vec::new())).await.is_err());
    assert_eq!(connection.commit().await.expect_err("lost").kind(), Some(Kind::TransactionAborted));
    connection.rollback().await.expect("rollback");
    assert_eq!(all_on::<i64>(&mut connection, read(COUNT, Vec::new())).await.expect("a count"), [1]);
}

#[tokio::test]
async fn a_deferred_foreign_key_fails_the_commit_and_the_rollback_works() {
    let database = memory().await;
    batch(
        &database,
        "CREATE TABLE t (a INTEGER PRIMARY KEY);
         CREATE TABLE c (t INT REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
    )
    .await;
    let mut connection = writer(&database).await;
    connection.begin(&TransactionOptions::default()).await.expect("begin");
    connection.execute(write("INSERT INTO c VALUES (7)", Vec::new())).await.expect("a row");
    assert!(connection.commit().await.expect_err("a dangling key").is_foreign_key_violation());
    connection.rollback().await.expect("rollback");
    drop(connection);
    assert_eq!(one::<i64>(&database, "SELECT count(*) FROM c").await, 0);
}

#[tokio::test]
async fn options_are_honoured_or_refused() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(&database, "CREATE TABLE t (a INT)").await;
        let mut connection = writer(&database).await;
        let mut options = TransactionOptions::default();
        options.deferrable = true;
        assert!(matches!(connection.begin(&options).await, Err(Error::Unsupported { .. })));

        options = TransactionOptions::default();
        options.read_only = true;
        options.isolation = Some(IsolationLevel::ReadCommitted);
        connection.begin(&options).await.expect("begin");
        let error =
            connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect_err("read only");
        assert_eq!(error.kind(), Some(Kind::ReadOnly));
        drop(connection);

        let mut connection = writer(&database).await;
        options.isolation = Some(IsolationLevel::Serializable);
        connection.begin(&options).await.expect("begin");
        connection.commit().await.expect("commit");
        connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect("writing again");
    }
}

#[tokio::test]
async fn a_writer_waits_no_longer_than_it_was_told() {
    let directory = Directory::new();
    let (first, second) = (directory.database().await, directory.database().await);
    batch(&first, "CREATE TABLE t (a INT)").await;
    let mut holder = writer(&first).await;
    holder.begin(&TransactionOptions::default()).await.expect("begin");
    let mut waiter = writer(&second).await;
    let mut options = TransactionOptions::default();
    options.lock_timeout = Some(Duration::from_millis(100));
    let started = Instant::now();
    let error = waiter.begin(&options).await.expect_err("locked");
    assert_eq!(error.kind(), Some(Kind::Busy));
    assert!((90..1000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());

    // Without it there is the busy time-out, long enough for the holder to come to its end.
    options.lock_timeout = None;
    let (begun, committed) = tokio::join!(waiter.begin(&options), async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        holder.commit().await
    });
    begun.expect("begin");
    committed.expect("commit");
    waiter.rollback().await.expect("rollback");
}

#[tokio::test]
async fn a_reader_sees_one_moment_within_a_transaction() {
    let directory = Directory::new();
    let database = directory.database().await;
    batch(&database, "CREATE TABLE t (a INT)").await;
    let mut snapshot = reader(&database).await;
    snapshot.begin(&TransactionOptions::default()).await.expect("begin");
    assert_eq!(all_on::<i64>(&mut snapshot, read(COUNT, Vec::new())).await.expect("a count"), [0]);
    batch(&database, "INSERT INTO t VALUES (1)").await;
    assert_eq!(all_on::<i64>(&mut snapshot, read(COUNT, Vec::new())).await.expect("a count"), [0]);
    snapshot.commit().await.expect("commit");
    assert_eq!(all_on::<i64>(&mut snapshot, read(COUNT, Vec::new())).await.expect("a count"), [1]);
}

#[tokio::test]
async fn a_read_only_database_refuses_writes() {
    let directory = Directory::new();
    batch(&directory.database().await, "CREATE TABLE t (a INT)").await;
    let database = connect_with(directory.options().read_only(true)).await.expect("a database");
    assert_eq!(one::<i64>(&database, COUNT).await, 0);
    let mut connection = database.acquire(Access::Write, OPERATION).await.expect("a connection");
    let error =
        connection.execute(write("INSERT INTO t VALUES (1)", Vec::new())).await.expect_err("read only");
    assert_eq!(error.kind(), Some(Kind::ReadOnly));
}
