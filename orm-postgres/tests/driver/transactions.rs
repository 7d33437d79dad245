//! Transactions: a commit is a commit, and everything else is an error.

use orm_core::backend::{Connection, IsolationLevel, TransactionOptions};
use orm_core::error::DatabaseErrorKind as Kind;

use crate::support::{Limited, Schema, acquire, column, database, execute, is_idle, one, process, sql};

fn plain() -> TransactionOptions {
    TransactionOptions::default()
}

#[tokio::test]
async fn committed_rows_stay_and_rolled_back_rows_go() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = Schema::create(&mut c).await;
    let table = format!("{}.t", schema.0);
    c.batch(&format!("CREATE TABLE {table} (n int)")).await.unwrap();
    for (n, commit) in [(1, true), (2, false), (3, true)] {
        c.begin(&plain()).await.unwrap();
        execute(&mut c, &format!("INSERT INTO {table} VALUES ({n})"), vec![]).await.unwrap();
        if commit { c.commit().await.unwrap() } else { c.rollback().await.unwrap() }
    }
    assert_eq!(
        column::<i32>(&mut c, &format!("SELECT n FROM {table} ORDER BY n"), vec![]).await.unwrap(),
        [1, 3]
    );
}

#[tokio::test]
async fn a_commit_answered_with_rollback_is_an_error() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    let schema = Schema::create(&mut c).await;
    let table = format!("{}.t", schema.0);
    c.batch(&format!("CREATE TABLE {table} (n int)")).await.unwrap();
    let insert = format!("INSERT INTO {table} VALUES (1)");

    // Failures that the caller swallows: of a statement, of the second row of a stream that nobody read to its end.
    for swallowed in
        ["SELECT * FROM canary_not_there", "SELECT 1 / (2 - x) FROM generate_series(1, 3) AS t (x)"]
    {
        c.begin(&plain()).await.unwrap();
        execute(&mut c, &insert, vec![]).await.unwrap();
        assert!(c.query(sql(swallowed, vec![]), Box::new(Limited { left: 0 })).await.is_err());
        let error = c.commit().await.unwrap_err();
        assert_eq!(error.kind(), Some(Kind::TransactionAborted), "{error:?}");
        assert!(error.to_string().contains("was rolled back"), "{error}");
    }
    assert_eq!(column::<i32>(&mut c, &format!("SELECT n FROM {table}"), vec![]).await.unwrap(), [0_i32; 0]);
    drop(c);
    assert_eq!(process(&mut acquire(&database).await).await, pid, "clean after the error");
}

#[tokio::test]
async fn a_transaction_ended_behind_the_driver_s_back_is_noticed() {
    let Some(database) = database().await else { return };
    for ending in ["COMMIT", "ROLLBACK"] {
        let mut c = acquire(&database).await;
        let pid = process(&mut c).await;
        c.begin(&plain()).await.unwrap();
        execute(&mut c, "SELECT 1", vec![]).await.unwrap();
        c.batch(ending).await.unwrap();
        let error = c.commit().await.unwrap_err();
        assert_eq!(error.kind(), Some(Kind::TransactionAborted), "{error:?}");
        assert!(error.to_string().contains("had ended"), "{error}");
        drop(c);
        assert_ne!(process(&mut acquire(&database).await).await, pid);
    }
    // And one opened behind its back is not handed to the next borrower.
    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    execute(&mut c, "BEGIN", vec![]).await.unwrap();
    drop(c);
    assert_ne!(process(&mut acquire(&database).await).await, pid);
}

#[tokio::test]
async fn a_deferred_constraint_fails_the_commit() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    let schema = Schema::create(&mut c).await;
    let name = &schema.0;
    c.batch(&format!(
        "CREATE TABLE {name}.p (id int PRIMARY KEY); \
         CREATE TABLE {name}.c (p int REFERENCES {name}.p DEFERRABLE INITIALLY DEFERRED)"
    ))
    .await
    .unwrap();
    c.begin(&plain()).await.unwrap();
    execute(&mut c, &format!("INSERT INTO {name}.c VALUES (1)"), vec![]).await.unwrap();
    let error = c.commit().await.unwrap_err();
    assert!(error.is_foreign_key_violation(), "{error:?}");
    assert_eq!(column::<i32>(&mut c, &format!("SELECT p FROM {name}.c"), vec![]).await.unwrap(), [0_i32; 0]);
    drop(c);
    assert_eq!(process(&mut acquire(&database).await).await, pid);
}

#[tokio::test]
async fn options_are_in_force_from_the_first_statement() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    for (level, name) in [
        (None, "read committed"),
        (Some(IsolationLevel::ReadUncommitted), "read uncommitted"),
        (Some(IsolationLevel::ReadCommitted), "read committed"),
        (Some(IsolationLevel::RepeatableRead), "repeatable read"),
        (Some(IsolationLevel::Serializable), "serializable"),
    ] {
        let mut options = plain();
        options.isolation = level;
        options.read_only = level.is_some();
        options.deferrable = level == Some(IsolationLevel::Serializable);
        options.lock_timeout = Some(std::time::Duration::from_micros(1));
        c.begin(&options).await.unwrap();
        let seen: String = one(
            &mut c,
            "SELECT concat_ws(',', current_setting('transaction_isolation'), current_setting('transaction_read_only'), \
             current_setting('transaction_deferrable'), current_setting('lock_timeout'))",
            vec![],
        )
        .await
        .unwrap();
        let on = |yes| if yes { "on" } else { "off" };
        assert_eq!(seen, format!("{name},{},{},1ms", on(options.read_only), on(options.deferrable)));
        c.commit().await.unwrap();
    }
    let after: String = one(&mut c, "SELECT current_setting('lock_timeout')", vec![]).await.unwrap();
    assert_eq!(after, "0");
}

#[tokio::test]
async fn savepoints_wait_for_a_statement_but_mean_the_same() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = Schema::create(&mut c).await;
    let table = format!("{}.t", schema.0);
    c.batch(&format!("CREATE TABLE {table} (n int PRIMARY KEY)")).await.unwrap();
    let insert = |n: i32| format!("INSERT INTO {table} VALUES ({n})");
    c.begin(&plain()).await.unwrap();
    c.batch("SAVEPOINT a").await.unwrap();
    execute(&mut c, &insert(1), vec![]).await.unwrap();
    c.batch("RELEASE SAVEPOINT a").await.unwrap();
    c.batch("SAVEPOINT b").await.unwrap();
    execute(&mut c, &insert(2), vec![]).await.unwrap();
    assert!(execute(&mut c, &insert(1), vec![]).await.unwrap_err().is_unique_violation());
    // In a failed transaction they are sent at once, so that their error shows.
    assert_eq!(c.batch("RELEASE SAVEPOINT b").await.unwrap_err().kind(), Some(Kind::TransactionAborted));
    assert_eq!(c.batch("SAVEPOINT x").await.unwrap_err().kind(), Some(Kind::TransactionAborted));
    c.batch("ROLLBACK TO SAVEPOINT b; RELEASE SAVEPOINT b").await.unwrap();
    // One that is returned to without a statement in between.
    c.batch("SAVEPOINT d").await.unwrap();
    c.batch("ROLLBACK TO SAVEPOINT d; RELEASE SAVEPOINT d").await.unwrap();
    c.batch("SAVEPOINT e").await.unwrap();
    execute(&mut c, &insert(3), vec![]).await.unwrap();
    c.batch("RELEASE SAVEPOINT e").await.unwrap();
    c.commit().await.unwrap();
    assert_eq!(
        column::<i32>(&mut c, &format!("SELECT n FROM {table} ORDER BY n"), vec![]).await.unwrap(),
        [1, 3]
    );
    // Outside a transaction a savepoint is an error, at once.
    assert!(c.batch("SAVEPOINT a").await.is_err());
}

#[tokio::test]
async fn an_empty_transaction_sends_nothing() {
    let (Some(database), Some(observers)) = (database().await, database().await) else { return };
    let mut c = acquire(&database).await;
    c.begin(&plain()).await.unwrap();
    assert!(c.begin(&plain()).await.is_err(), "one at a time");
    c.commit().await.unwrap();
    assert!(c.commit().await.is_err(), "nothing to commit");
    c.begin(&plain()).await.unwrap();
    c.rollback().await.unwrap();
    c.rollback().await.unwrap();
    assert_eq!(is_idle(&mut c, &mut acquire(&observers).await).await, 1);
}
