//! Cursors: constant memory, any pace, and a clean end.

use std::any::Any;
use std::time::{Duration, Instant};

use orm_core::Result;
use orm_core::backend::{Connection, Cursor, PoolOptions, RowSink};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Row;
use orm_postgres::{PgRow, Postgres};

use crate::support::{
    Limited, acquire, collected, database, eventually, first_column, one, options, process, sql,
};

/// Adds up the first column.
#[derive(Default)]
struct Sum {
    rows: u64,
    sum: i64,
}

impl RowSink<Postgres> for Sum {
    fn push(&mut self, row: &mut PgRow<'_>) -> Result<()> {
        self.rows += 1;
        self.sum += row.i64(0)?.unwrap_or(0);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Resident memory in bytes, where the system tells.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

#[tokio::test]
async fn memory_stays_flat_with_a_slow_reader() {
    let Some(database) = database().await else { return };
    let c = acquire(&database).await;
    let rows = 2_000_000;
    let text = format!("SELECT x, repeat('x', 100) FROM generate_series(1, {rows}) AS t (x)");
    let mut cursor = c.cursor(sql(&text, vec![])).await.unwrap();
    let mut sink: Box<dyn RowSink<Postgres>> = Box::new(Sum::default());
    let before = resident();
    let mut most = before;
    let mut chunks = 0_u32;
    loop {
        let fetched = cursor.fetch(sink, 1_000).await.unwrap();
        sink = fetched.sink;
        if !fetched.more {
            break;
        }
        chunks += 1;
        if chunks.is_multiple_of(20) {
            tokio::time::sleep(Duration::from_millis(5)).await;
            most = most.max(resident());
        }
    }
    let sum = sink.into_any().downcast::<Sum>().unwrap();
    assert_eq!((sum.rows, sum.sum), (rows, i64::try_from(rows * (rows + 1) / 2).unwrap()));
    if let (Some(before), Some(most)) = (before, most) {
        let grown = most.saturating_sub(before);
        eprintln!("resident memory grew by {} KiB", grown / 1024);
        // Other tests run beside this one. The rows would be 300 MiB.
        assert!(grown < 64 << 20, "{grown} bytes");
    }
}

#[tokio::test]
async fn read_to_the_end_the_connection_goes_back() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    let mut cursor = c.cursor(sql("SELECT generate_series(1, 10)", vec![])).await.unwrap();
    let first = cursor.fetch(first_column::<i32>(), 4).await.unwrap();
    assert!(first.more);
    assert_eq!(collected::<i32>(first.sink), [1, 2, 3, 4]);
    let rest = cursor.fetch(first_column::<i32>(), 100).await.unwrap();
    assert!(!rest.more);
    assert_eq!(collected::<i32>(rest.sink).len(), 6);
    // The cursor is still there, its connection no longer needed.
    let mut c = acquire(&database).await;
    assert_eq!(process(&mut c).await, pid);
    let limit: String = one(&mut c, "SELECT current_setting('statement_timeout')", vec![]).await.unwrap();
    assert_eq!(limit, "30s");
    let after = cursor.fetch(first_column::<i32>(), 100).await.unwrap();
    assert!(!after.more && collected::<i32>(after.sink).is_empty());
}

#[tokio::test]
async fn dropped_early_it_is_drained_or_cancelled() {
    let (Some(database), Some(observers)) = (database().await, database().await) else { return };
    let mut observer = acquire(&observers).await;
    for (rows, kept) in [(100, true), (5_000_000, false)] {
        let mut c = acquire(&database).await;
        let pid = process(&mut c).await;
        let text = format!("SELECT generate_series(1, {rows})");
        let mut cursor = c.cursor(sql(&text, vec![])).await.unwrap();
        let fetched = cursor.fetch(first_column::<i32>(), 10).await.unwrap();
        assert_eq!(collected::<i32>(fetched.sink).len(), 10);
        drop(cursor);
        let start = Instant::now();
        let mut c = acquire(&database).await;
        assert_eq!(one::<i32>(&mut c, "SELECT 7", vec![]).await.unwrap(), 7);
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        assert_eq!(process(&mut c).await == pid, kept, "{rows} rows");
        let limit: String = one(&mut c, "SELECT current_setting('statement_timeout')", vec![]).await.unwrap();
        assert_eq!(limit, "30s");
        let gone = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND state = 'active'");
        eventually(&mut observer, &gone, 0, Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn a_reader_may_take_longer_than_the_statement_time_out() {
    let Some(options) = options() else { return };
    let pool = PoolOptions::default().pool_size(1_usize).statement_timeout(Duration::from_millis(200));
    let database = orm_postgres::connect_with(options.pool(pool)).await.unwrap();
    let text = "SELECT x, repeat('x', 1000) FROM generate_series(1, 20000) AS t (x)";
    let mut cursor = acquire(&database).await.cursor(sql(text, vec![])).await.unwrap();
    let mut rows = 0;
    loop {
        let fetched = cursor.fetch(first_column::<i32>(), 5_000).await.unwrap();
        rows += collected::<i32>(fetched.sink).len();
        if !fetched.more {
            break;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(rows, 20_000);

    // But the server may not.
    let text = "SELECT pg_sleep(10) FROM generate_series(1, 3)";
    let error = acquire(&database).await.cursor(sql(text, vec![])).await.err().unwrap();
    assert_eq!(error.kind(), Some(Kind::StatementTimeout), "{error:?}");
    let start = Instant::now();
    process(&mut acquire(&database).await).await;
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn errors_of_the_server_and_of_the_sink_come_through() {
    let Some(database) = database().await else { return };
    let error =
        acquire(&database).await.cursor(sql("SELECT * FROM canary_not_there", vec![])).await.err().unwrap();
    assert_eq!(error.kind(), Some(Kind::ProgrammingError));
    let text = "SELECT 10 / (5 - x) FROM generate_series(1, 9) AS t (x)";
    let mut cursor = acquire(&database).await.cursor(sql(text, vec![])).await.unwrap();
    let fetched = cursor.fetch(first_column::<i32>(), 2).await.unwrap();
    assert_eq!(collected::<i32>(fetched.sink), [2, 3]);
    let error = cursor.fetch(first_column::<i32>(), 100).await.err().unwrap();
    assert_eq!(error.kind(), Some(Kind::DataError), "{error:?}");
    let mut cursor =
        acquire(&database).await.cursor(sql("SELECT generate_series(1, 9)", vec![])).await.unwrap();
    let error = cursor.fetch(Box::new(Limited { left: 3 }), 100).await.err().unwrap();
    assert_eq!(error.to_string(), "invalid query: enough");
    assert_eq!(one::<i32>(&mut acquire(&database).await, "SELECT 7", vec![]).await.unwrap(), 7);
}
