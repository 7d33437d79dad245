//! Many tasks at once, on every kind of runtime, without a lost row or a stalled task.

use std::thread::ThreadId;
use std::time::{Duration, Instant};

use orm_core::backend::{Connection, Decode, PoolOptions, TransactionOptions, collect, into_collected};
use orm_core::error::Result;
use orm_core::value::{Row, Value};
use orm_sqlite::{Sqlite, SqliteOptions, connect_with};

use super::support::{Directory, all, all_on, batch, one, read, reader, write, writer};

async fn many_tasks(database: Sqlite) {
    batch(
        &database,
        "CREATE TABLE t (task INT, n INT); CREATE TABLE total (n INT); INSERT INTO total VALUES (0)",
    )
    .await;
    let tasks: Vec<_> = (0..32_i64)
        .map(|task| {
            let database = database.clone();
            tokio::spawn(async move {
                for n in 0..20_i64 {
                    let mut connection = writer(&database).await;
                    connection.begin(&TransactionOptions::default()).await.expect("begin");
                    let sql = write("INSERT INTO t VALUES (?1, ?2)", vec![Value::I64(task), Value::I64(n)]);
                    connection.execute(sql).await.expect("a row");
                    let total = all_on::<i64>(&mut connection, read("SELECT n FROM total", Vec::new())).await;
                    let total = total.expect("a row").remove(0);
                    let sql = write("UPDATE total SET n = ?1", vec![Value::I64(total + 1)]);
                    connection.execute(sql).await.expect("an update");
                    connection.commit().await.expect("commit");
                    drop(connection);
                    let sql = read("SELECT count(*) FROM t WHERE task = ?1", vec![Value::I64(task)]);
                    let seen = all::<i64>(&database, sql).await.expect("a count");
                    assert_eq!(seen, [n + 1], "a reader sees what was committed before");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task");
    }
    assert_eq!(one::<i64>(&database, "SELECT n FROM total").await, 640);
}

fn patient(options: SqliteOptions, readers: usize) -> SqliteOptions {
    options.pool(PoolOptions::default().pool_size(readers).acquire_timeout(Duration::from_mins(1)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_on_many_threads() {
    let directory = Directory::new();
    many_tasks(connect_with(patient(directory.options(), 4)).await.expect("a database")).await;
    many_tasks(connect_with(patient(SqliteOptions::memory(), 1)).await.expect("a database")).await;
}

#[tokio::test]
async fn tasks_on_one_thread() {
    let directory = Directory::new();
    many_tasks(connect_with(patient(directory.options(), 2)).await.expect("a database")).await;
    let directory = Directory::new();
    many_tasks(connect_with(patient(directory.options(), 2).in_place(None)).await.expect("a database")).await;
    many_tasks(connect_with(patient(SqliteOptions::memory(), 1)).await.expect("a database")).await;
}

pub(crate) struct Threads;

impl Decode for Threads {
    type Out = ThreadId;

    fn decode<R: Row + ?Sized>(&self, _: &mut R) -> Result<ThreadId> {
        Ok(std::thread::current().id())
    }
}

/// The threads that decoded the rows.
async fn threads(database: &Sqlite, sql: &str) -> Vec<ThreadId> {
    let mut connection = reader(database).await;
    let sink = connection.query(read(sql, Vec::new()), collect::<Sqlite, _>(Threads)).await.expect("rows");
    into_collected::<Sqlite, Threads>(sink).expect("the same sink").1
}

#[tokio::test]
async fn short_reads_run_in_place_and_long_ones_on_the_worker() {
    let directory = Directory::new();
    let here = std::thread::current().id();
    for options in [directory.options(), SqliteOptions::memory()] {
        let database = connect_with(options.in_place(Duration::from_millis(2))).await.expect("a database");
        let short = threads(&database, "SELECT 1 UNION ALL SELECT 2").await;
        assert_eq!(short, [here; 2]);
        let counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n";
        batch(&database, &format!("CREATE TABLE t (a INT); INSERT INTO t {counting}")).await;
        // SQLite's progress handler sees the first statement, and never the second.
        for long in [counting, "SELECT a FROM t"] {
            for _ in 0..20 {
                let long = threads(&database, long).await;
                assert_eq!(long.len(), 100_000);
                assert!(long.iter().all(|thread| *thread != here));
            }
        }
        assert_eq!(threads(&database, "SELECT 1").await, [here]);
    }
}

/// On one thread: a task that reads all the time, long and short, beside one that wants to run every millisecond.
#[tokio::test]
async fn reads_do_not_stall_other_tasks() {
    let directory = Directory::new();
    let database = directory.database().await;
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i, 'text ' || i FROM n";
    batch(&database, &format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t {rows}")).await;
    let reads = async move {
        let mut shortest = Duration::MAX;
        for number in 0..5_000_u64 {
            let sql = match number % 500 {
                0 => read("SELECT count(*) FROM t WHERE a LIKE '%99%'", Vec::new()),
                1..20 => read("SELECT id FROM t LIMIT 300", Vec::new()),
                _ => read("SELECT id FROM t WHERE id = ?1", vec![Value::U64(number % 1_000 + 1)]),
            };
            let asked = Instant::now();
            all::<i64>(&database, sql).await.expect("rows");
            if number % 500 == 0 {
                shortest = shortest.min(asked.elapsed());
            }
        }
        shortest
    };
    stalls_nobody(reads).await;
}

/// Runs a task beside one that wants its turn all the time. The first tells the shortest that a long statement took, and no turn may
/// come later than an eighth of that: how fast the machine is does not matter.
///
/// What counts is what this thread did meanwhile, and not what other programs did to it. A machine takes a few milliseconds once
/// in a while, and a virtual one counts them as the thread's; a statement that runs in place where it should not comes again and
/// again. So it is the third longest.
pub(crate) async fn stalls_nobody(busy: impl Future<Output = Duration> + Send + 'static) {
    let (busy, mut worst, mut walls) = (tokio::spawn(busy), [Duration::ZERO; 3], Duration::ZERO);
    while !busy.is_finished() {
        let (asked, wall) = (thread_cpu(), Instant::now());
        tokio::task::yield_now().await;
        worst[0] = worst[0].max(thread_cpu().saturating_sub(asked));
        worst.sort_unstable();
        walls = walls.max(wall.elapsed());
    }
    let shortest = busy.await.expect("the statements");
    // The wall's time tells more of the machine than of us: on a busy one it is the same without anything in place.
    println!("the worst turns: {worst:?} of this thread's time, {walls:?} on the wall, beside {shortest:?}");
    assert!(worst[0] < shortest / 8, "turns came {worst:?} late, beside statements of {shortest:?}");
}

pub(crate) fn thread_cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}
