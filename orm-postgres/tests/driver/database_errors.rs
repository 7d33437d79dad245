//! What the server refuses has a kind, names what it concerns, and shows no values.

use orm_core::backend::{Connection, TransactionOptions};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;

use crate::support::{Schema, acquire, database, execute, one, shown};

#[tokio::test]
async fn every_constraint_has_its_kind() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = Schema::create(&mut c).await;
    let name = &schema.0;
    c.batch(&format!(
        "CREATE TABLE {name}.parent (id int PRIMARY KEY); \
         CREATE TABLE {name}.t (id int CONSTRAINT t_key PRIMARY KEY, name text NOT NULL, code varchar(3), \
           parent int CONSTRAINT t_parent REFERENCES {name}.parent, age int CONSTRAINT t_age CHECK (age > 0), \
           span int4range, CONSTRAINT t_span EXCLUDE USING gist (span WITH &&)); \
         INSERT INTO {name}.parent VALUES (1); \
         INSERT INTO {name}.t VALUES (1, 'canary', 'a', 1, 1, '[1,5)')"
    ))
    .await
    .unwrap();
    let cases = [
        (
            format!("INSERT INTO {name}.t (id, name) VALUES (1, 'canary')"),
            Kind::UniqueViolation,
            Some("t_key"),
            None,
        ),
        (
            format!("INSERT INTO {name}.t (id, name, parent) VALUES (2, 'canary', 9)"),
            Kind::ForeignKeyViolation,
            Some("t_parent"),
            None,
        ),
        (format!("DELETE FROM {name}.parent"), Kind::ForeignKeyViolation, Some("t_parent"), None),
        (
            format!("INSERT INTO {name}.t (id, name, age) VALUES (2, 'canary', 0)"),
            Kind::CheckViolation,
            Some("t_age"),
            None,
        ),
        (
            format!("INSERT INTO {name}.t (id, code) VALUES (2, 'can')"),
            Kind::NotNullViolation,
            None,
            Some("name"),
        ),
        (
            format!("INSERT INTO {name}.t (id, name, span) VALUES (2, 'canary', '[2,3)')"),
            Kind::ExclusionViolation,
            Some("t_span"),
            None,
        ),
        (
            format!("INSERT INTO {name}.t (id, name, code) VALUES (2, 'x', 'canary')"),
            Kind::DataError,
            None,
            None,
        ),
        ("SELECT 'canary'::int".to_owned(), Kind::DataError, None, None),
        ("SELECT 1 / 0".to_owned(), Kind::DataError, None, None),
        (format!("SELECT * FROM {name}.canary_not_there"), Kind::ProgrammingError, None, None),
        ("SELEC 1".to_owned(), Kind::ProgrammingError, None, None),
        ("SELECT pg_read_file('/canary')".to_owned(), Kind::PermissionDenied, None, None),
    ];
    let superuser: bool =
        one(&mut c, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", vec![]).await.unwrap();
    for (sql, kind, constraint, column) in cases {
        if superuser && kind == Kind::PermissionDenied {
            continue;
        }
        let error = execute(&mut c, &sql, vec![]).await.unwrap_err();
        let database_error = error.as_database().unwrap_or_else(|| panic!("{sql}: {error:?}"));
        assert_eq!(database_error.kind(), kind, "{sql}: {error:?}");
        assert_eq!(database_error.constraint(), constraint, "{sql}");
        assert_eq!(database_error.column(), column, "{sql}");
        assert_eq!(database_error.sql(), Some(sql.as_str()));
        assert_eq!(database_error.code().map(str::len), Some(5), "{sql}");
        if kind.is_integrity() {
            let table = if sql.starts_with("DELETE") { "t" } else { database_error.table().unwrap() };
            assert_eq!(table, "t", "{sql}");
        }
        // The statement's own text is in `Debug`, so its literals are; the rest must not repeat them.
        let without_sql = shown(&error).replace(&sql, "").replace(&format!("{sql:?}"), "");
        if kind.is_integrity() || kind == Kind::DataError {
            assert!(!without_sql.contains("canary"), "{without_sql}");
        }
    }
}

#[tokio::test]
async fn values_are_only_in_the_detail() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = Schema::create(&mut c).await;
    let name = &schema.0;
    c.batch(&format!("CREATE TABLE {name}.t (email text UNIQUE)")).await.unwrap();
    let insert = format!("INSERT INTO {name}.t VALUES ($1)");
    let param = || vec![Value::Text("canary@example.org".into())];
    execute(&mut c, &insert, param()).await.unwrap();
    let error = execute(&mut c, &insert, param()).await.unwrap_err();
    assert!(error.is_unique_violation());
    assert!(error.as_database().unwrap().detail().unwrap().contains("canary@example.org"));
    assert!(!shown(&error).contains("canary"), "{}", shown(&error));
    assert_eq!(error.to_string(), "unique violation of constraint `t_email_key` on table `t` (23505)");
}

#[tokio::test]
async fn locks_deadlocks_and_serialization_failures() {
    let Some(mut options) = crate::support::options() else { return };
    options = options.pool(orm_core::backend::PoolOptions::default().pool_size(3_usize));
    let database = orm_postgres::connect_with(options).await.unwrap();
    let (mut a, mut b) = (acquire(&database).await, acquire(&database).await);
    let schema = Schema::create(&mut a).await;
    let name = &schema.0;
    a.batch(&format!(
        "CREATE TABLE {name}.t (id int PRIMARY KEY, n int); INSERT INTO {name}.t VALUES (1, 0), (2, 0)"
    ))
    .await
    .unwrap();
    let update = |id: i32| (format!("UPDATE {name}.t SET n = n + 1 WHERE id = $1"), vec![Value::I32(id)]);

    // A lock that is not granted in time.
    let mut impatient = TransactionOptions::default();
    impatient.lock_timeout = Some(std::time::Duration::from_millis(50));
    a.begin(&TransactionOptions::default()).await.unwrap();
    b.begin(&impatient).await.unwrap();
    let (sql, params) = update(1);
    execute(&mut a, &sql, params.clone()).await.unwrap();
    let error = execute(&mut b, &sql, params).await.unwrap_err();
    assert_eq!(error.kind(), Some(Kind::LockTimeout), "{error:?}");
    assert!(error.is_retryable());
    b.rollback().await.unwrap();

    // Each waits for the other.
    b.begin(&TransactionOptions::default()).await.unwrap();
    let (sql, params) = update(2);
    execute(&mut b, &sql, params).await.unwrap();
    let ((sql_2, params_2), (sql_1, params_1)) = (update(2), update(1));
    let (of_a, of_b) = tokio::join!(execute(&mut a, &sql_2, params_2), execute(&mut b, &sql_1, params_1));
    let error = of_a.err().or(of_b.err()).expect("a deadlock");
    assert_eq!(error.kind(), Some(Kind::Deadlock), "{error:?}");
    a.rollback().await.unwrap();
    b.rollback().await.unwrap();

    // Concurrent updates of one row.
    let mut serializable = TransactionOptions::default();
    serializable.isolation = Some(orm_core::backend::IsolationLevel::Serializable);
    a.begin(&serializable).await.unwrap();
    b.begin(&serializable).await.unwrap();
    let count = format!("SELECT n FROM {name}.t WHERE id = 1");
    let _: i32 = one(&mut a, &count, vec![]).await.unwrap();
    let _: i32 = one(&mut b, &count, vec![]).await.unwrap();
    let (sql, params) = update(1);
    execute(&mut a, &sql, params.clone()).await.unwrap();
    a.commit().await.unwrap();
    let error = execute(&mut b, &sql, params).await.unwrap_err();
    assert_eq!(error.kind(), Some(Kind::SerializationFailure), "{error:?}");
    b.rollback().await.unwrap();
}

#[tokio::test]
async fn a_read_only_transaction_refuses_writes() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = Schema::create(&mut c).await;
    let mut read_only = TransactionOptions::default();
    read_only.read_only = true;
    c.begin(&read_only).await.unwrap();
    let error = execute(&mut c, &format!("CREATE TABLE {}.t (id int)", schema.0), vec![]).await.unwrap_err();
    assert_eq!(error.kind(), Some(Kind::ReadOnly), "{error:?}");
    let error = execute(&mut c, "SELECT 1", vec![]).await.unwrap_err();
    assert_eq!(error.kind(), Some(Kind::TransactionAborted), "{error:?}");
    c.rollback().await.unwrap();
}

#[tokio::test]
async fn a_session_ended_by_the_server_is_a_lost_connection() {
    let Some(mut options) = crate::support::options() else { return };
    options = options.pool(orm_core::backend::PoolOptions::default().pool_size(2_usize));
    let database = orm_postgres::connect_with(options).await.unwrap();
    let mut killer = acquire(&database).await;
    let mut victim = acquire(&database).await;
    let pid = crate::support::process(&mut victim).await;
    let kill = "SELECT pg_terminate_backend($1)";
    let (lost, done) = tokio::join!(execute(&mut victim, "SELECT pg_sleep(5)", vec![]), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        one::<bool>(&mut killer, kill, vec![Value::I32(pid)]).await
    });
    assert!(done.unwrap());
    let lost = lost.unwrap_err();
    assert!(lost.is_connection_lost(), "{lost:?}");
    let after = execute(&mut victim, "SELECT 1", vec![]).await.unwrap_err();
    assert!(after.is_connection_lost(), "{after:?}");
    drop(victim);
    // An idle one that is killed is replaced unseen.
    let mut idle = acquire(&database).await;
    let pid = crate::support::process(&mut idle).await;
    drop(idle);
    assert!(one::<bool>(&mut killer, kill, vec![Value::I32(pid)]).await.unwrap());
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_ne!(crate::support::process(&mut acquire(&database).await).await, pid);
}

#[tokio::test]
async fn too_many_parameters_are_refused_before_they_are_sent() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    for count in [65_535_usize, 65_536, 200_000] {
        let holders: Vec<String> = (1..=count).map(|at| format!("${at}")).collect();
        let text = format!("SELECT count(*) FROM unnest(ARRAY[{}]) AS t (x)", holders.join(","));
        let params = (0..count).map(|_| Value::I32(1)).collect();
        match one::<i64>(&mut c, &text, params).await {
            Ok(seen) => assert_eq!((count, seen), (65_535, 65_535)),
            Err(error) => {
                assert!(count > 65_535, "{error}");
                assert_eq!(error.kind(), Some(Kind::TooLarge), "{count}: {error}");
            }
        }
    }
    assert_eq!(one::<i32>(&mut c, "SELECT 1", vec![]).await.unwrap(), 1);
}
