//! Transactions: what the server ended behind our back is never taken for open or committed.

use std::time::{Duration, Instant};

use orm_core::backend::{Backend, Connection, IsolationLevel, TransactionOptions};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;
use orm_core::{Error, Result};
use orm_mysql::{MySql, MySqlConnection};

use super::support::*;

async fn with_table(server: &Server, parameters: &str) -> MySql {
    let db = server.connect_with(parameters).await;
    let c = &mut acquire(&db).await;
    c.batch("CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 0), (2, 0)").await.unwrap();
    db
}

async fn set(c: &mut MySqlConnection, id: i32, a: i32) -> Result<()> {
    execute(c, "UPDATE t SET a = ? WHERE id = ?", vec![Value::I32(a), Value::I32(id)]).await.map(drop)
}

async fn rows(db: &MySql) -> Vec<i32> {
    column(&mut acquire(db).await, "SELECT a FROM t ORDER BY id", vec![]).await.unwrap()
}

/// Two transactions update the same rows crosswise: the one that the server chose as victim, and its error.
async fn deadlock(a: &mut MySqlConnection, b: &mut MySqlConnection) -> (bool, Error) {
    a.begin(&TransactionOptions::default()).await.unwrap();
    b.begin(&TransactionOptions::default()).await.unwrap();
    set(a, 1, 10).await.unwrap();
    set(b, 2, 20).await.unwrap();
    execute(a, "SAVEPOINT s", vec![]).await.unwrap();
    execute(b, "SAVEPOINT s", vec![]).await.unwrap();
    let (first, second) = tokio::join!(set(a, 2, 11), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        set(b, 1, 21).await
    });
    match (first, second) {
        (Err(error), Ok(())) => (true, error),
        (Ok(()), Err(error)) => (false, error),
        other => panic!("{other:?}"),
    }
}

on_each_server! {
    async fn commit_and_rollback(server: &Server) {
        let db = with_table(server, "pool_size=2").await;
        let mut c = acquire(&db).await;
        c.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut c, 1, 1).await.unwrap();
        assert_eq!(rows(&db).await, [0, 0]);
        c.commit().await.unwrap();
        assert_eq!(rows(&db).await, [1, 0]);
        c.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut c, 1, 2).await.unwrap();
        c.rollback().await.unwrap();
        assert_eq!(rows(&db).await, [1, 0]);
        assert_eq!(kind(c.commit().await), Some(Kind::TransactionAborted));
        c.begin(&TransactionOptions::default()).await.unwrap();
        assert!(matches!(c.begin(&TransactionOptions::default()).await, Err(Error::InvalidQuery(_))));
        c.rollback().await.unwrap();
    }

    async fn a_forgotten_transaction_is_rolled_back(server: &Server) {
        let db = with_table(server, "pool_size=1").await;
        let mut c = acquire(&db).await;
        c.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut c, 1, 1).await.unwrap();
        drop(c);
        soon(Duration::from_secs(2), async { set(&mut acquire(&db).await, 1, 2).await }).await.unwrap();
        // Also one that was opened without us.
        let mut c = acquire(&db).await;
        execute(&mut c, "START TRANSACTION", vec![]).await.unwrap();
        set(&mut c, 1, 3).await.unwrap();
        drop(c);
        soon(Duration::from_secs(2), async { set(&mut acquire(&db).await, 2, 4).await }).await.unwrap();
        assert_eq!(rows(&db).await, [2, 4]);
    }

    async fn a_deadlock_ends_the_whole_transaction(server: &Server) {
        let db = with_table(server, "pool_size=3").await;
        let (mut a, mut b) = (acquire(&db).await, acquire(&db).await);
        let (a_lost, error) = deadlock(&mut a, &mut b).await;
        assert_eq!(error.kind(), Some(Kind::Deadlock));
        assert!(error.is_retryable());
        let (victim, winner) = if a_lost { (&mut a, &mut b) } else { (&mut b, &mut a) };
        // A statement now would be committed at once, and a rolled back savepoint is none any more.
        assert_eq!(kind(set(victim, 1, 99).await), Some(Kind::TransactionAborted));
        assert_eq!(kind(execute(victim, "ROLLBACK TO SAVEPOINT s", vec![]).await), Some(Kind::TransactionAborted));
        assert_eq!(kind(execute(victim, "SAVEPOINT s2", vec![]).await), Some(Kind::TransactionAborted));
        assert_eq!(kind(victim.batch("INSERT INTO t VALUES (3, 3)").await), Some(Kind::TransactionAborted));
        assert_eq!(kind(victim.commit().await), Some(Kind::TransactionAborted));
        victim.rollback().await.unwrap();
        winner.commit().await.unwrap();
        let expected = if a_lost { [21, 20] } else { [10, 11] };
        assert_eq!(rows(&db).await, expected);
        // After the rollback it is as good as new.
        victim.begin(&TransactionOptions::default()).await.unwrap();
        set(victim, 1, 5).await.unwrap();
        victim.commit().await.unwrap();
        assert_eq!(rows(&db).await[0], 5);
    }

    async fn a_lock_timeout_ends_only_its_statement(server: &Server) {
        let db = with_table(server, "pool_size=3").await;
        let (mut a, mut b) = (acquire(&db).await, acquire(&db).await);
        a.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut a, 1, 1).await.unwrap();
        let mut options = TransactionOptions::default();
        options.lock_timeout = Some(Duration::from_millis(700));
        b.begin(&options).await.unwrap();
        set(&mut b, 2, 2).await.unwrap();
        let start = Instant::now();
        assert_eq!(kind(set(&mut b, 1, 2).await), Some(Kind::LockTimeout));
        assert!((Duration::from_millis(700)..Duration::from_secs(3)).contains(&start.elapsed()), "{:?}", start.elapsed());
        // It is still open, and its first update still in it.
        execute(&mut b, "SAVEPOINT s", vec![]).await.unwrap();
        b.commit().await.unwrap();
        a.rollback().await.unwrap();
        assert_eq!(rows(&db).await, [0, 2]);
        // The next transaction waits as long as everybody.
        let wait: i64 = one(&mut b, "SELECT CAST(@@innodb_lock_wait_timeout AS SIGNED)", vec![]).await.unwrap();
        assert_eq!(wait, 50);
    }

    async fn nowait_and_skip_locked(server: &Server) {
        let db = with_table(server, "pool_size=2").await;
        let (mut a, mut b) = (acquire(&db).await, acquire(&db).await);
        a.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut a, 1, 1).await.unwrap();
        b.begin(&TransactionOptions::default()).await.unwrap();
        let refused = column::<i32>(&mut b, "SELECT id FROM t WHERE id = 1 FOR UPDATE NOWAIT", vec![]).await;
        assert_eq!(kind(refused), Some(Kind::LockTimeout));
        let free: Vec<i32> = column(&mut b, "SELECT id FROM t FOR UPDATE SKIP LOCKED", vec![]).await.unwrap();
        assert_eq!(free, [2]);
        b.commit().await.unwrap();
        a.rollback().await.unwrap();
    }

    async fn an_implicit_commit_is_an_error(server: &Server) {
        let db = with_table(server, "pool_size=2").await;
        let mut c = acquire(&db).await;
        c.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut c, 1, 1).await.unwrap();
        c.batch("CREATE TABLE other (a int)").await.unwrap();
        assert_eq!(kind(set(&mut c, 1, 2).await), Some(Kind::TransactionAborted));
        assert_eq!(kind(execute(&mut c, "SAVEPOINT s", vec![]).await), Some(Kind::TransactionAborted));
        assert_eq!(kind(c.commit().await), Some(Kind::TransactionAborted));
        c.rollback().await.unwrap();
        assert_eq!(rows(&db).await, [1, 0]);
    }

    async fn a_statement_that_ended_the_transaction_with_an_error_is_noticed(server: &Server) {
        let db = with_table(server, "pool_size=2").await;
        let mut c = acquire(&db).await;
        c.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut c, 1, 1).await.unwrap();
        // Commits, and then fails: the table is there already.
        let refused = c.batch("CREATE TABLE t (a int)").await;
        assert!(refused.is_err());
        assert_eq!(kind(execute(&mut c, "INSERT INTO t VALUES (3, 3)", vec![]).await), Some(Kind::TransactionAborted));
        assert_eq!(kind(c.commit().await), Some(Kind::TransactionAborted));
        c.rollback().await.unwrap();
    }

    async fn savepoints(server: &Server) {
        let db = with_table(server, "pool_size=2").await;
        let mut c = acquire(&db).await;
        c.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut c, 1, 1).await.unwrap();
        execute(&mut c, "SAVEPOINT s1", vec![]).await.unwrap();
        set(&mut c, 2, 2).await.unwrap();
        assert_eq!(kind(execute(&mut c, "INSERT INTO t VALUES (1, 1)", vec![]).await), Some(Kind::UniqueViolation));
        execute(&mut c, "ROLLBACK TO SAVEPOINT s1", vec![]).await.unwrap();
        execute(&mut c, "RELEASE SAVEPOINT s1", vec![]).await.unwrap();
        c.commit().await.unwrap();
        assert_eq!(rows(&db).await, [1, 0]);
    }

    async fn options_are_kept(server: &Server) {
        let db = with_table(server, "pool_size=1").await;
        let mut c = acquire(&db).await;
        let mut options = TransactionOptions::default();
        options.read_only = true;
        options.isolation = Some(IsolationLevel::Serializable);
        c.begin(&options).await.unwrap();
        assert_eq!(kind(set(&mut c, 1, 1).await), Some(Kind::ReadOnly));
        c.rollback().await.unwrap();
        c.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut c, 1, 1).await.unwrap();
        c.commit().await.unwrap();

        for isolation in [
            IsolationLevel::ReadUncommitted,
            IsolationLevel::ReadCommitted,
            IsolationLevel::RepeatableRead,
            IsolationLevel::Serializable,
        ] {
            options = TransactionOptions::default();
            options.isolation = Some(isolation);
            c.begin(&options).await.unwrap();
            assert_eq!(rows_of(&mut c).await, [1, 0]);
            c.commit().await.unwrap();
        }
        options.deferrable = true;
        assert!(matches!(c.begin(&options).await, Err(Error::Unsupported { .. })));
        assert_eq!(rows_of(&mut c).await, [1, 0]);
    }

    async fn isolation_is_really_that(server: &Server) {
        let db = with_table(server, "pool_size=2").await;
        let (mut a, mut b) = (acquire(&db).await, acquire(&db).await);
        let mut options = TransactionOptions::default();
        for (isolation, seen) in [(IsolationLevel::ReadCommitted, 7), (IsolationLevel::RepeatableRead, 0)] {
            set(&mut b, 1, 0).await.unwrap();
            options.isolation = Some(isolation);
            a.begin(&options).await.unwrap();
            assert_eq!(rows_of(&mut a).await[0], 0);
            set(&mut b, 1, 7).await.unwrap();
            assert_eq!(rows_of(&mut a).await[0], seen, "{isolation:?}");
            a.commit().await.unwrap();
        }
    }

    async fn a_transaction_that_lost_its_connection_is_over(server: &Server) {
        let db = with_table(server, "pool_size=2").await;
        let mut c = acquire(&db).await;
        let id = connection_id(&mut c).await;
        c.begin(&TransactionOptions::default()).await.unwrap();
        set(&mut c, 1, 1).await.unwrap();
        let mut other = acquire(&db).await;
        other.batch(&format!("KILL {id}")).await.unwrap();
        until_gone(&mut other, id).await;
        assert!(set(&mut c, 2, 1).await.is_err_and(|error| error.is_connection_lost()));
        assert!(c.commit().await.is_err_and(|error| error.is_connection_lost()));
        assert!(c.rollback().await.is_err());
        drop(c);
        drop(other);
        assert_eq!(rows(&db).await, [0, 0]);
        assert!(db.status().open <= 2);
    }
}

async fn rows_of(c: &mut MySqlConnection) -> Vec<i32> {
    column(c, "SELECT a FROM t ORDER BY id", vec![]).await.unwrap()
}
