//! A session's settings, and that a borrower never meets what the one before left behind.

use orm_core::backend::Connection;
use orm_core::value::Value;

use crate::support::{Schema, acquire, column, database, execute, one, options, process};

#[tokio::test]
async fn settings_are_made_at_log_in() {
    let Some(options) = options() else { return };
    let options = options
        .application_name("orm test's \\ name")
        .idle_in_transaction_timeout(std::time::Duration::from_secs(7));
    let database = orm_postgres::connect_with(options).await.unwrap();
    let mut c = acquire(&database).await;
    for (name, value) in [
        ("TimeZone", "UTC"),
        ("client_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
        ("statement_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "7s"),
        ("application_name", "orm test's \\ name"),
    ] {
        let seen: String =
            one(&mut c, "SELECT current_setting($1)", vec![Value::Text(name.into())]).await.unwrap();
        assert_eq!(seen, value, "{name}");
    }
}

#[tokio::test]
async fn what_is_left_in_a_session_ends_with_it() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = Schema::create(&mut c).await;
    let table = format!("{}.t", schema.0);
    c.batch(&format!("CREATE TABLE {table} (n int)")).await.unwrap();
    drop(c);
    let leavings = [
        "SET search_path TO pg_catalog",
        "SET TIME ZONE 'Asia/Tokyo'",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET default_transaction_isolation TO serializable",
        "SELECT set_config('work_mem', '1MB', false)",
        "CREATE TEMP TABLE left_behind (n int)",
        "SELECT 1 AS n INTO TEMPORARY left_behind_too",
        "SELECT pg_advisory_lock(4711)",
        "LISTEN left_behind",
        "PREPARE left_behind AS SELECT 1",
        "BEGIN",
        "DISCARD ALL",
    ];
    for leaving in leavings {
        for by_batch in [true, false] {
            let mut c = acquire(&database).await;
            let pid = process(&mut c).await;
            if by_batch {
                c.batch(leaving).await.unwrap();
            } else {
                // DISCARD ALL is refused here: the extended protocol has made a transaction of it.
                let _ = execute(&mut c, leaving, vec![]).await;
            }
            drop(c);
            assert_ne!(process(&mut acquire(&database).await).await, pid, "{leaving}");
        }
    }
    let harmless = [
        format!("INSERT INTO {table} VALUES (1)"),
        format!("ALTER TABLE {table} ADD m int"),
        format!("CREATE INDEX ON {table} (n)"),
        format!("ANALYZE {table}"),
        "SELECT 1".to_owned(),
    ];
    let pid = process(&mut acquire(&database).await).await;
    for statement in harmless {
        let mut c = acquire(&database).await;
        c.batch(&statement).await.unwrap();
        drop(c);
        assert_eq!(process(&mut acquire(&database).await).await, pid, "{statement}");
    }
}

#[tokio::test]
async fn connections_of_many_tasks_do_not_mix_their_rows() {
    let Some(options) = options() else { return };
    let options = options.pool(orm_core::backend::PoolOptions::default().pool_size(5_usize));
    let database = std::sync::Arc::new(orm_postgres::connect_with(options).await.unwrap());
    let tasks: Vec<_> = (0..100_i64)
        .map(|task| {
            let database = database.clone();
            tokio::spawn(async move {
                for round in 0..20 {
                    let mut c = acquire(&database).await;
                    let params = vec![Value::I64(task), Value::I64(round)];
                    let rows: Vec<i64> =
                        column(&mut c, "SELECT $1 * 1000 + $2 FROM generate_series(1, 3)", params)
                            .await
                            .unwrap();
                    assert_eq!(rows, [task * 1000 + round; 3]);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}
