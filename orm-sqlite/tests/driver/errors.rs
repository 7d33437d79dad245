//! What SQLite reports becomes a kind with names, and leaves the connection usable.

use orm_core::backend::{BoxSink, Connection, Decode, collect};
use orm_core::error::{DatabaseErrorKind as Kind, Error, Result};
use orm_core::value::Row;
use orm_sqlite::Sqlite;

use super::support::{Directory, all, batch, execute, memory, one, read, reader, write, writer};

#[tokio::test]
async fn constraints_are_named() {
    let database = memory().await;
    batch(
        &database,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, x INT, age INT,
             UNIQUE (email, x), CONSTRAINT grown CHECK (age > 17));
         CREATE TABLE posts (id INTEGER PRIMARY KEY, author INT NOT NULL REFERENCES users ON DELETE RESTRICT);
         INSERT INTO users VALUES (1, 'a', 1, 20); INSERT INTO posts VALUES (1, 1)",
    )
    .await;
    for (sql, kind, constraint, table, column) in [
        (
            "INSERT INTO users VALUES (2, 'a', 1, 20)",
            Kind::UniqueViolation,
            None,
            Some("users"),
            Some("email, x"),
        ),
        ("INSERT INTO users VALUES (1, 'b', 1, 20)", Kind::UniqueViolation, None, Some("users"), Some("id")),
        (
            "INSERT INTO users VALUES (2, NULL, 1, 20)",
            Kind::NotNullViolation,
            None,
            Some("users"),
            Some("email"),
        ),
        ("INSERT INTO users VALUES (2, 'b', 1, 2)", Kind::CheckViolation, Some("grown"), None, None),
        ("INSERT INTO posts VALUES (2, 99)", Kind::ForeignKeyViolation, None, None, None),
        ("DELETE FROM users", Kind::ForeignKeyViolation, None, None, None),
    ] {
        let error = execute(&database, sql).await.expect_err(sql);
        let error = error.as_database().expect("a database error");
        assert_eq!(
            (error.kind(), error.constraint(), error.table(), error.column()),
            (kind, constraint, table, column),
            "{sql}"
        );
        assert_eq!(error.sql(), Some(sql));
    }
    assert_eq!(one::<i64>(&database, "SELECT count(*) FROM users").await, 1);
}

#[tokio::test]
async fn a_misspelt_column_is_an_error() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (a INT)").await;
    for sql in [
        "SELECT \"b\" FROM t",
        "CREATE INDEX i ON t (\"b\")",
        "SELECT * FROM nowhere",
        "SELEKT",
        "SELECT nothing()",
        "",
        "SELECT 1; DELETE FROM t",
        "SELECT 1\0, 2",
    ] {
        let error = execute(&database, sql).await.expect_err(sql);
        assert_eq!(error.kind(), Some(Kind::ProgrammingError), "{sql}: {error}");
    }
    for wrong in [0, 2] {
        let sql = read("SELECT ?1", vec![orm_core::value::Value::I16(1); wrong]);
        let error = all::<i64>(&database, sql).await.expect_err("a wrong number of parameters");
        assert_eq!(error.kind(), Some(Kind::ProgrammingError));
    }
}

#[tokio::test]
async fn readers_only_read() {
    let directory = Directory::new();
    let database = directory.database().await;
    batch(&database, "CREATE TABLE t (a INT)").await;
    for sql in ["INSERT INTO t VALUES (1)", "DROP TABLE t", "CREATE TEMP TABLE x (a)"] {
        let error = reader(&database).await.execute(write(sql, Vec::new())).await.expect_err(sql);
        assert_eq!(error.kind(), Some(Kind::ReadOnly), "{sql}: {error}");
    }
}

#[tokio::test]
async fn a_pattern_that_is_none_is_the_datas_fault() {
    let database = memory().await;
    assert!(one::<bool>(&database, "SELECT 'abc' REGEXP '^a.c$'").await);
    let error =
        all::<bool>(&database, read("SELECT 'a' REGEXP '('", Vec::new())).await.expect_err("no pattern");
    assert_eq!(error.kind(), Some(Kind::DataError));
    assert!(error.as_database().is_some_and(|error| error.message().contains("unclosed group")));
}

struct Panics;

impl Decode for Panics {
    type Out = ();

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<()> {
        assert!(row.i64(0)? < Some(3), "three is too much");
        Ok(())
    }
}

struct Refuses;

impl Decode for Refuses {
    type Out = ();

    fn decode<R: Row + ?Sized>(&self, _: &mut R) -> Result<()> {
        Err(Error::InvalidQuery("no".into()))
    }
}

#[tokio::test]
async fn panics_and_errors_of_a_sink_leave_the_connection_usable() {
    const ROWS: &str = "SELECT value FROM json_each('[1, 2, 3, 4]')";
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        let mut connection = writer(&database).await;
        for round in 0..20 {
            let make = |sql| if round % 2 == 0 { read(sql, Vec::new()) } else { write(sql, Vec::new()) };
            let panics: BoxSink<Sqlite> = collect::<Sqlite, _>(Panics);
            let error = connection.query(make(ROWS), panics).await.err().expect("a panic");
            assert!(error.to_string().contains("three is too much"), "{error}");
            let error =
                connection.query(make(ROWS), collect::<Sqlite, _>(Refuses)).await.err().expect("an error");
            assert!(matches!(error, Error::InvalidQuery(_)));
            let rows = super::support::all_on::<i64>(&mut connection, make(ROWS)).await.expect("rows");
            assert_eq!(rows, [1, 2, 3, 4]);
        }
    }
}
