//! Prepared statements: kept, bounded, renewed when the table changed.

use orm_core::backend::{Connection, PoolOptions, TransactionOptions};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;

use crate::support::{Limited, Schema, acquire, column, database, execute, one, options, process, sql};

async fn prepared(connection: &mut orm_postgres::PgConnection) -> i64 {
    one(connection, "SELECT count(*) FROM pg_prepared_statements", vec![]).await.unwrap()
}

#[tokio::test]
async fn rows_affected_are_counted() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = Schema::create(&mut c).await;
    let table = format!("{}.t", schema.0);
    let create = execute(&mut c, &format!("CREATE TABLE {table} (n int)"), vec![]).await.unwrap();
    assert_eq!(create.rows_affected, 0);
    let insert = format!("INSERT INTO {table} SELECT generate_series(1, $1) RETURNING n");
    assert_eq!(execute(&mut c, &insert, vec![Value::I32(7)]).await.unwrap().rows_affected, 7);
    // Matched, though nothing changes.
    let update = format!("UPDATE {table} SET n = n WHERE n <= $1");
    assert_eq!(execute(&mut c, &update, vec![Value::I32(3)]).await.unwrap().rows_affected, 3);
    assert_eq!(execute(&mut c, &format!("DELETE FROM {table}"), vec![]).await.unwrap().rows_affected, 7);
    assert_eq!(column::<i32>(&mut c, &format!("DELETE FROM {table}"), vec![]).await.unwrap(), [0_i32; 0]);
    assert_eq!(column::<i32>(&mut c, "", vec![]).await.unwrap(), [0_i32; 0]);
}

#[tokio::test]
async fn the_server_keeps_no_more_statements_than_the_option_says() {
    let Some(options) = options() else { return };
    let options = options.pool(PoolOptions::default().pool_size(1_usize).statement_cache(10_usize));
    let database = orm_postgres::connect_with(options).await.unwrap();
    let mut c = acquire(&database).await;
    assert_eq!(prepared(&mut c).await, 1);
    for round in 0..200 {
        one::<i32>(&mut c, &format!("SELECT {round} + $1"), vec![Value::I32(1)]).await.unwrap();
        one::<i32>(&mut c, "SELECT 1 + $1", vec![Value::I32(1)]).await.unwrap();
        assert!(prepared(&mut c).await <= 10);
    }
    assert_eq!(prepared(&mut c).await, 10);
    // Those in use all the time were never closed: each was prepared once.
    let often: i64 =
        one(&mut c, "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 1 + $1'", vec![])
            .await
            .unwrap();
    assert_eq!(often, 1);
}

#[tokio::test]
async fn without_a_cache_nothing_is_left_prepared() {
    let Some(options) = options() else { return };
    let options = options.pool(PoolOptions::default().pool_size(1_usize).statement_cache(0_usize));
    let database = orm_postgres::connect_with(options).await.unwrap();
    let mut c = acquire(&database).await;
    for _ in 0..20 {
        assert_eq!(prepared(&mut c).await, 1);
    }
}

#[tokio::test]
async fn the_same_text_with_other_kinds_is_another_statement() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    for _ in 0..2 {
        for (value, name) in
            [(Value::I32(1), "integer"), (Value::Text("1".into()), "text"), (Value::Bool(true), "boolean")]
        {
            let ty: String = one(&mut c, "SELECT pg_typeof($1)::text", vec![value]).await.unwrap();
            assert_eq!(ty, name);
        }
    }
}

#[tokio::test]
async fn a_changed_table_is_read_anew() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = Schema::create(&mut c).await;
    let table = format!("{}.t", schema.0);
    c.batch(&format!("CREATE TABLE {table} (n int); INSERT INTO {table} VALUES (1)")).await.unwrap();
    let select = format!("SELECT * FROM {table}");
    assert_eq!(column::<i32>(&mut c, &select, vec![]).await.unwrap(), [1]);
    c.batch(&format!("ALTER TABLE {table} ALTER n TYPE text")).await.unwrap();
    assert_eq!(column::<String>(&mut c, &select, vec![]).await.unwrap(), ["1"]);
    c.batch(&format!("ALTER TABLE {table} ADD m int")).await.unwrap();
    assert_eq!(execute(&mut c, &select, vec![]).await.unwrap().rows_affected, 1);

    // In a transaction the error has aborted it: reported once, and gone with the next.
    c.begin(&TransactionOptions::default()).await.unwrap();
    c.batch(&format!("ALTER TABLE {table} ADD k int")).await.unwrap();
    let error = column::<String>(&mut c, &select, vec![]).await.unwrap_err();
    assert_eq!(error.as_database().unwrap().code(), Some("0A000"), "{error:?}");
    c.rollback().await.unwrap();
    c.batch(&format!("ALTER TABLE {table} ADD k int")).await.unwrap();
    c.begin(&TransactionOptions::default()).await.unwrap();
    assert_eq!(column::<String>(&mut c, &select, vec![]).await.unwrap(), ["1"]);
    c.commit().await.unwrap();
}

#[tokio::test]
async fn forgotten_statements_are_prepared_again() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    for command in ["DEALLOCATE ALL", "DISCARD ALL"] {
        assert_eq!(one::<i32>(&mut c, "SELECT 1", vec![]).await.unwrap(), 1);
        assert_eq!(one::<i32>(&mut c, "SELECT 2", vec![]).await.unwrap(), 2);
        c.batch(command).await.unwrap();
        assert_eq!(one::<i32>(&mut c, "SELECT 1", vec![]).await.unwrap(), 1);
        assert_eq!(execute(&mut c, "SELECT 2", vec![]).await.unwrap().rows_affected, 1);
    }
}

#[tokio::test]
async fn after_a_sink_s_error_the_connection_goes_on() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    for (rows, goes_on, kept) in
        [(100, true, true), (100, false, true), (3_000_000, true, true), (3_000_000, false, false)]
    {
        let error = c
            .query(
                sql("SELECT generate_series(1, $1)", vec![Value::I32(rows)]),
                Box::new(Limited { left: 10 }),
            )
            .await
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "invalid query: enough");
        if goes_on {
            // Waits behind the rows that nobody wants; then nothing is owed any more.
            assert_eq!(one::<i32>(&mut c, "SELECT 7", vec![]).await.unwrap(), 7);
        }
        drop(c);
        c = acquire(&database).await;
        assert_eq!(process(&mut c).await == pid, kept, "{rows} rows");
    }
}

#[tokio::test]
async fn a_statement_that_is_no_statement() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let error = execute(&mut c, "SELECT $2::int", vec![Value::I32(1)]).await.unwrap_err();
    assert!(error.kind().is_some() || matches!(error, orm_core::Error::InvalidQuery(_)), "{error:?}");
    let error = execute(&mut c, "SELECT $1::int, $2::int", vec![Value::I32(1)]).await.unwrap_err();
    assert_eq!(error.kind(), Some(Kind::ProgrammingError), "{error:?}");
    assert!(execute(&mut c, "SELECT 1", vec![Value::I32(1)]).await.is_ok(), "one too many does no harm");
    assert!(execute(&mut c, "SELECT '\0'", vec![]).await.is_err());
    assert!(c.batch("SELECT '\0'").await.is_err());
    let error = execute(&mut c, "SELECT 1; SELECT 2", vec![]).await.unwrap_err();
    assert_eq!(error.kind(), Some(Kind::ProgrammingError), "{error:?}");
    assert_eq!(one::<i32>(&mut c, "SELECT 7", vec![]).await.unwrap(), 7);
}
