//! Cursors: rows as they are asked for, in flat memory, and what becomes of the connection.

use std::process::Command;
use std::time::Duration;

use orm_core::backend::{Backend, Connection, Cursor, Fetched, collect, into_collected};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;
use orm_mysql::{MySql, MySqlCursor};

use super::support::*;

/// A million rows of 100 characters for each first number.
const MANY: &str = "SELECT a.n * 1000000 + b.n * 1000 + c.n AS n, REPEAT('x', 100) AS filler FROM \
                    (SELECT n FROM numbers WHERE n < ?) a, numbers b, numbers c";

async fn fetch(cursor: &mut MySqlCursor, rows: usize) -> orm_core::Result<(Vec<i64>, bool)> {
    let Fetched { sink, more } = cursor.fetch(collect::<MySql, _>(First::<i64>::new()), rows).await?;
    Ok((into_collected::<MySql, First<i64>>(sink)?.1, more))
}

async fn with_numbers(server: &Server, parameters: &str) -> MySql {
    let db = server.connect_with(parameters).await;
    let c = &mut acquire(&db).await;
    c.batch("CREATE TABLE digits (d int); INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)")
        .await
        .unwrap();
    c.batch(
        "CREATE TABLE numbers (n bigint PRIMARY KEY); \
         INSERT INTO numbers SELECT a.d * 100 + b.d * 10 + c.d FROM digits a, digits b, digits c",
    )
    .await
    .unwrap();
    db
}

/// The memory of this process in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// Runs this test again in a process of its own, where no other test uses memory. True in that process.
fn is_alone() -> bool {
    const ALONE: &str = "ORM_TEST_IS_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let thread = std::thread::current();
    let test = thread.name().expect("a test's thread has its name");
    let mut again = Command::new(std::env::current_exe().unwrap());
    let ran = again.args([test, "--exact", "--nocapture"]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    false
}

on_each_server! {
    async fn rows_come_in_chunks(server: &Server) {
        let db = with_numbers(server, "pool_size=1").await;
        let c = acquire(&db).await;
        let mut cursor = c.cursor(sql("SELECT n FROM numbers WHERE n < ? ORDER BY n", vec![Value::I64(25)])).await.unwrap();
        let mut all = Vec::new();
        loop {
            let (rows, more) = fetch(&mut cursor, 10).await.unwrap();
            all.extend(rows);
            if !more {
                break;
            }
        }
        assert_eq!(all, (0..25).collect::<Vec<i64>>());
        assert_eq!(fetch(&mut cursor, 10).await.unwrap(), (vec![], false));
        drop(cursor);
        // Its connection went back clean, and with its own time-out.
        assert_eq!(db.status().idle, 1);
        let c = &mut acquire(&db).await;
        let left = if is_mariadb(&db) { "SELECT CAST(@@max_statement_time AS SIGNED)" } else { "SELECT CAST(@@max_execution_time / 1000 AS SIGNED)" };
        assert_eq!(one::<i64>(c, left, vec![]).await.unwrap(), 30);
        assert_eq!(one::<i64>(c, "SELECT CAST(@@net_write_timeout AS SIGNED)", vec![]).await.unwrap(), 60);
    }

    async fn an_empty_result_ends_at_once(server: &Server) {
        let db = with_numbers(server, "pool_size=1").await;
        let mut cursor = acquire(&db).await.cursor(sql("SELECT n FROM numbers WHERE n < 0", vec![])).await.unwrap();
        assert_eq!(fetch(&mut cursor, 10).await.unwrap(), (vec![], false));
        let refused = acquire_other(server).await.cursor(sql("SELECT * FROM missing", vec![])).await;
        assert_eq!(kind(refused), Some(Kind::ProgrammingError));
    }

    async fn memory_stays_flat_with_a_slow_consumer(server: &Server) {
        if !is_alone() {
            return;
        }
        // The whole takes longer than the statement time-out: only waits for the server count.
        let db = with_numbers(server, "pool_size=1&statement_timeout=1s").await;
        let mut cursor = acquire(&db).await.cursor(sql(MANY, vec![Value::I64(1)])).await.unwrap();
        fetch(&mut cursor, 1_000).await.unwrap();
        let before = memory();
        let (mut rows, mut most, mut pauses) = (1_000, before, 0);
        loop {
            let (chunk, more) = fetch(&mut cursor, 1_000).await.unwrap();
            rows += chunk.len();
            if rows % 100_000 == 0 {
                tokio::time::sleep(Duration::from_millis(250)).await;
                pauses += 1;
                most = most.max(memory());
            }
            if !more {
                break;
            }
        }
        assert_eq!(rows, 1_000_000);
        assert!(pauses >= 10);
        println!("memory: {before} KiB at first, {most} KiB at most");
        // Kept, the rows would take more than 100 MiB.
        assert!(most < before + 16 * 1024, "memory grew from {before} to {most} KiB");
    }

    async fn a_cursor_dropped_early_ends_in_the_server(server: &Server) {
        let db = with_numbers(server, "pool_size=1").await;
        let observer = &mut acquire_other(server).await;
        let mut c = acquire(&db).await;
        let id = connection_id(&mut c).await;
        let mut cursor = c.cursor(sql(MANY, vec![Value::I64(1_000)])).await.unwrap();
        assert_eq!(fetch(&mut cursor, 10).await.unwrap().0.len(), 10);
        drop(cursor);
        let mut next = acquire(&db).await;
        assert_eq!(one::<i64>(&mut next, "SELECT 7", vec![]).await.unwrap(), 7);
        assert!(until_gone(observer, id).await < Duration::from_secs(1));
    }

    async fn a_cursor_with_little_left_keeps_its_connection(server: &Server) {
        let db = with_numbers(server, "pool_size=1").await;
        let mut c = acquire(&db).await;
        let id = connection_id(&mut c).await;
        let mut cursor = c.cursor(sql("SELECT n FROM numbers WHERE n < 100 ORDER BY n", vec![])).await.unwrap();
        assert_eq!(fetch(&mut cursor, 10).await.unwrap().0, (0..10).collect::<Vec<i64>>());
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(cursor);
        let mut next = acquire(&db).await;
        assert_eq!(connection_id(&mut next).await, id);
        assert_eq!(one::<i64>(&mut next, "SELECT 7", vec![]).await.unwrap(), 7);
    }

    async fn a_fetch_dropped_half_way_gives_nobody_its_rows(server: &Server) {
        let db = with_numbers(server, "pool_size=1").await;
        for micros in (0..3_000).step_by(211) {
            let mut cursor = acquire(&db).await.cursor(sql(MANY, vec![Value::I64(1)])).await.unwrap();
            let _ = tokio::time::timeout(Duration::from_micros(micros), fetch(&mut cursor, 100_000)).await;
            drop(cursor);
            assert_eq!(one::<i64>(&mut acquire(&db).await, "SELECT -1", vec![]).await.unwrap(), -1);
        }
    }

    async fn an_error_in_the_middle_is_reported(server: &Server) {
        let db = with_numbers(server, "pool_size=1").await;
        let text = "SELECT 1 + n * 9000000000000000000 FROM numbers WHERE n < 3 ORDER BY n";
        let mut cursor = acquire(&db).await.cursor(sql(text, vec![])).await;
        let failed = match &mut cursor {
            Ok(cursor) => kind(fetch(cursor, 10).await),
            Err(error) => error.kind(),
        };
        assert_eq!(failed, Some(Kind::DataError));
        drop(cursor);
        assert_eq!(one::<i64>(&mut acquire(&db).await, "SELECT 1", vec![]).await.unwrap(), 1);
    }
}

async fn acquire_other(server: &Server) -> orm_mysql::MySqlConnection {
    acquire(&server.connect().await).await
}
