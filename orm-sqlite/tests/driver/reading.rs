//! Rows come back, and a reader sees what the writer has committed.

use orm_core::value::Value;

use super::support::{Directory, all, batch, execute, memory, one, read, write};

#[tokio::test]
async fn a_first_round_trip() {
    let directory = Directory::new();
    for database in [memory().await, directory.database().await] {
        batch(
            &database,
            "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL); CREATE INDEX i ON t (name)",
        )
        .await;
        let done = execute(&database, "INSERT INTO t (name) VALUES ('a')").await.expect("an insert");
        assert_eq!((done.rows_affected, done.last_insert_id), (1, Some(1)));
        let sql = write(
            "INSERT INTO t (name) VALUES (?), (?) RETURNING id",
            vec![Value::Text("b".into()), Value::Text("c".into())],
        );
        assert_eq!(all::<i64>(&database, sql).await.expect("rows"), [2, 3]);
        let sql = read("SELECT name FROM t WHERE id >= ? ORDER BY id", vec![Value::I32(2)]);
        assert_eq!(all::<String>(&database, sql).await.expect("rows"), ["b", "c"]);
        assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 3);
    }
}
