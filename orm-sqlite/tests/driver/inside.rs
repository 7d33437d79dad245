//! What runs within a transaction on its caller's thread: only what is sure to be short, and with the same outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use orm_core::backend::{Connection, PoolOptions, TransactionOptions, collect, into_collected};
use orm_core::error::{DatabaseErrorKind, Result};
use orm_core::value::Value;
use orm_sqlite::{Sqlite, SqliteConnection, SqliteOptions, connect_with};

use super::concurrency::{Threads, stalls_nobody, thread_cpu};
use super::support::{Directory, all_on, batch, collected, one, read, sink, write, writer};

const ROWS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)";
const INSERT: &str = "INSERT INTO t (n) VALUES (?1) RETURNING id";

/// The thread that ran a statement of one row.
async fn thread(connection: &mut SqliteConnection, sql: &str, params: Vec<Value>) -> ThreadId {
    let sink = connection.query(write(sql, params), collect::<Sqlite, _>(Threads)).await.expect("a row");
    let threads = into_collected::<Sqlite, Threads>(sink).expect("the same sink").1;
    assert_eq!(threads.len(), 1, "{sql}");
    threads[0]
}

async fn begun(database: &Sqlite) -> SqliteConnection {
    let mut connection = writer(database).await;
    connection.begin(&TransactionOptions::default()).await.expect("begin");
    connection
}

/// Whether a statement comes to run on its caller's thread when it is repeated, in one transaction or in several.
async fn comes_here(connection: &mut SqliteConnection, sql: &str, params: &[Value]) -> bool {
    let here = std::thread::current().id();
    let mut last = None;
    for _ in 0..4 {
        last = Some(thread(connection, sql, params.to_vec()).await);
    }
    last == Some(here)
}

#[tokio::test]
async fn what_is_repeated_and_short_runs_in_place() {
    let directory = Directory::new();
    for options in [directory.options(), SqliteOptions::memory()] {
        let database = connect_with(options.in_place(Duration::from_secs(1))).await.expect("a database");
        batch(
            &database,
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n ANY);
             CREATE TABLE owner (id INTEGER PRIMARY KEY, n INT);
             CREATE TABLE owned (id INTEGER PRIMARY KEY, owner INT REFERENCES owner (id) ON DELETE CASCADE);
             INSERT INTO owner VALUES (1, 0); INSERT INTO t (n) VALUES (0)",
        )
        .await;
        let mut connection = begun(&database).await;
        let one = [Value::I64(1)];
        let cases: [(&str, &[Value], bool); 8] = [
            (INSERT, &one, true),
            ("UPDATE t SET n = 5 WHERE id = ?1 RETURNING id", &one, true),
            ("UPDATE owner SET n = n + 1 WHERE id = ?1 RETURNING id", &one, true),
            ("INSERT INTO owned (owner) VALUES (?1) RETURNING id", &one, true),
            // A scan, another row's table, a value whose storing is one step, and a text for which nothing is known.
            ("UPDATE owner SET n = 7 WHERE n <> ?1 RETURNING id", &one, false),
            ("INSERT INTO t (n) SELECT count(*) FROM owned WHERE id > ?1 RETURNING id", &one, false),
            (INSERT, &[Value::Bytes(vec![1; 100_000])], false),
            ("REPLACE INTO owner (id, n) VALUES (?1, 1) RETURNING id", &one, false),
        ];
        for (text, params, expected) in cases {
            assert_eq!(comes_here(&mut connection, text, params).await, expected, "{text}");
        }
        connection.commit().await.expect("commit");
        drop(connection);
        // The next transaction knows it.
        let mut connection = begun(&database).await;
        assert_eq!(thread(&mut connection, INSERT, one.to_vec()).await, std::thread::current().id());
        connection.rollback().await.expect("rollback");
    }
}

#[tokio::test]
async fn triggers_and_cascades_are_known_however_they_come() {
    let directory = Directory::new();
    let options = directory.options().in_place(Duration::from_secs(1));
    let (database, other) = (connect_with(options).await.expect("a database"), directory.database().await);
    batch(
        &database,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); CREATE TABLE log (n INT);
         CREATE TABLE owner (id INTEGER PRIMARY KEY);
         CREATE TABLE owned (owner INT REFERENCES owner (id) ON DELETE CASCADE);
         INSERT INTO owner VALUES (1), (2), (3), (4)",
    )
    .await;
    let (one, trigger) =
        ([Value::I64(1)], "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.n); END");
    let here = std::thread::current().id();
    let mut connection = begun(&database).await;
    assert!(comes_here(&mut connection, INSERT, &one).await);
    for key in 1..=4 {
        let delete = "DELETE FROM owner WHERE id = ?1 RETURNING id";
        assert_ne!(thread(&mut connection, delete, vec![Value::I64(key)]).await, here);
    }
    connection.commit().await.expect("commit");
    drop(connection);

    // Another connection, in another process perhaps, makes a trigger between two transactions.
    batch(&other, trigger).await;
    let mut connection = begun(&database).await;
    assert!(!comes_here(&mut connection, INSERT, &one).await);
    connection.rollback().await.expect("rollback");
    batch(&other, "DROP TRIGGER g").await;
    connection.begin(&TransactionOptions::default()).await.expect("begin");
    assert!(comes_here(&mut connection, INSERT, &one).await);

    // So does this one, within the transaction; and what was learned without the trigger is forgotten when it is back.
    connection.batch(trigger).await.expect("a trigger");
    assert!(!comes_here(&mut connection, INSERT, &one).await);
    connection.commit().await.expect("commit");
    connection.begin(&TransactionOptions::default()).await.expect("begin");
    connection.batch("SAVEPOINT s").await.expect("a savepoint");
    connection.batch("DROP TRIGGER g").await.expect("no trigger");
    assert!(comes_here(&mut connection, INSERT, &one).await);
    connection.batch("ROLLBACK TO SAVEPOINT s; RELEASE SAVEPOINT s").await.expect("back");
    assert!(!comes_here(&mut connection, INSERT, &one).await);
    connection.batch("DROP TRIGGER g").await.expect("no trigger");
    assert!(comes_here(&mut connection, INSERT, &one).await);
    connection.rollback().await.expect("rollback");
    // The number that the schema had before is given to another one, in which there is a trigger.
    batch(&other, "CREATE TABLE unrelated (a INT)").await;
    connection.begin(&TransactionOptions::default()).await.expect("begin");
    assert!(!comes_here(&mut connection, INSERT, &one).await);
}

/// A parent of rows that refer to nothing yet counts them.
#[tokio::test]
async fn many_rows_that_wait_for_another_are_not_counted_in_place() {
    let directory = Directory::new();
    let database =
        connect_with(directory.options().in_place(Duration::from_secs(1))).await.expect("a database");
    batch(
        &database,
        "CREATE TABLE owner (id INTEGER PRIMARY KEY);
         CREATE TABLE owned (owner INT REFERENCES owner (id) DEFERRABLE INITIALLY DEFERRED);
         CREATE INDEX owned_by ON owned (owner)",
    )
    .await;
    let (here, insert) = (std::thread::current().id(), "INSERT INTO owner (id) VALUES (?1) RETURNING id");
    let mut connection = begun(&database).await;
    for key in 1..=2 {
        thread(&mut connection, insert, vec![Value::I64(key)]).await;
    }
    connection.commit().await.expect("commit");
    for many in [false, true] {
        let next = Value::I64(if many { 4 } else { 3 });
        connection.begin(&TransactionOptions::default()).await.expect("begin");
        if many {
            let orphans = write(&format!("INSERT INTO owned {ROWS} SELECT 4 FROM n"), Vec::new());
            connection.execute(orphans).await.expect("rows");
        }
        let on = thread(&mut connection, insert, vec![next]).await;
        assert_eq!(on == here, !many);
        connection.commit().await.expect("commit");
    }
}

/// Steps of a transaction, by a number that decides which.
async fn step(connection: &mut SqliteConnection, number: u64, depth: &mut u32) -> Result<String> {
    let key = Value::U64(number / 16 % 12);
    let value = Value::U64(number / 256 % 7);
    let execute = |sql: &str, params| write(sql, params);
    Ok(match number % 16 {
        0..=3 => {
            let sql = write("INSERT INTO t (id, n) VALUES (?1, ?2) RETURNING id", vec![key, value]);
            format!("{:?}", collected::<i64>(connection.query(sql, sink::<i64>()).await?))
        }
        4 => {
            format!("{:?}", connection.execute(execute("INSERT INTO t (n) VALUES (?1)", vec![value])).await?)
        }
        5 => {
            let sql = "INSERT INTO t (id, n) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET n = excluded.n";
            format!("{:?}", connection.execute(execute(sql, vec![key, value])).await?)
        }
        6..=8 => {
            let sql = execute("UPDATE t SET n = ?2 WHERE id = ?1", vec![key, value]);
            format!("{:?}", connection.execute(sql).await?)
        }
        9 => format!("{:?}", connection.execute(execute("DELETE FROM t WHERE id = ?1", vec![key])).await?),
        10 => format!("{:?}", connection.execute(execute("UPDATE t SET n = n + 10", Vec::new())).await?),
        11 => format!("{:?}", all_on::<i64>(connection, read("SELECT sum(n) FROM t", Vec::new())).await?),
        12 | 13 => {
            *depth += 1;
            connection.batch(&format!("SAVEPOINT s{depth}")).await?;
            String::new()
        }
        14 if *depth > 0 => {
            let sql = format!("RELEASE SAVEPOINT s{depth}");
            *depth -= 1;
            connection.batch(&sql).await.map(|()| sql)?
        }
        _ if *depth > 0 => {
            let sql = format!("ROLLBACK TO SAVEPOINT s{depth}; RELEASE SAVEPOINT s{depth}");
            *depth -= 1;
            connection.batch(&sql).await.map(|()| sql)?
        }
        _ => String::new(),
    })
}

#[tokio::test]
async fn transactions_do_the_same_in_place_and_on_the_worker() {
    let directory = Directory::new();
    let elsewhere = connect_with(SqliteOptions::memory().in_place(None)).await.expect("a database");
    let memory = connect_with(SqliteOptions::memory()).await.expect("a database");
    let databases = [elsewhere, directory.database().await, memory];
    for database in &databases {
        batch(database, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT UNIQUE)").await;
    }
    let mut told = Vec::new();
    for database in &databases {
        let (mut number, mut log) = (7_u64, Vec::new());
        let mut next = || {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            number >> 33
        };
        let mut connection = writer(database).await;
        for _ in 0..200 {
            let mut depth = 0;
            connection.begin(&TransactionOptions::default()).await.expect("begin");
            for _ in 0..next() % 24 {
                let done = step(&mut connection, next(), &mut depth).await;
                log.push(done.unwrap_or_else(|error| format!("{:?}", error.kind())));
            }
            let ended = if next() % 3 > 0 { connection.commit().await } else { connection.rollback().await };
            log.push(format!("{ended:?}"));
            let rows =
                all_on::<i64>(&mut connection, read("SELECT id * 100 + n FROM t ORDER BY id", Vec::new()));
            log.push(format!("{:?}", rows.await));
        }
        assert!(log.iter().any(|entry| entry.contains("UniqueViolation")));
        told.push(log);
    }
    for other in &told[1..] {
        for (at, (expected, told)) in told[0].iter().zip(other).enumerate() {
            assert_eq!(expected, told, "step {at}");
        }
        assert_eq!(told[0].len(), other.len());
    }
}

#[tokio::test]
async fn an_error_that_ends_the_transaction_in_place_shields_what_follows() {
    let directory = Directory::new();
    let database = directory.database().await;
    batch(
        &database,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT UNIQUE ON CONFLICT ROLLBACK, m INT UNIQUE)",
    )
    .await;
    let insert = |n, m| write("INSERT INTO t (n, m) VALUES (?1, ?2)", vec![Value::I64(n), Value::I64(m)]);
    let mut connection = begun(&database).await;
    for n in 1..=5 {
        connection.execute(insert(n, n)).await.expect("a row");
    }
    let error = connection.execute(insert(6, 5)).await.expect_err("a double");
    assert_eq!(error.kind(), Some(DatabaseErrorKind::UniqueViolation));
    // The statement is undone and the transaction goes on.
    connection.execute(insert(6, 6)).await.expect("a row");
    connection.execute(insert(6, 7)).await.expect_err("a double, and the end");
    let error = connection.execute(insert(7, 7)).await.expect_err("outside");
    assert_eq!(error.kind(), Some(DatabaseErrorKind::TransactionAborted));
    assert_eq!(
        connection.commit().await.expect_err("lost").kind(),
        Some(DatabaseErrorKind::TransactionAborted)
    );
    connection.rollback().await.expect("rollback");
    drop(connection);
    assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, 0);
}

/// SQLite looks at the clock once more behind a COMMIT, and would call interrupted what is there. It does that every 200
/// instructions of a statement, of which a COMMIT has three.
#[tokio::test]
async fn a_commit_that_takes_long_is_no_failure() {
    let directory = Directory::new();
    let pool = PoolOptions::default().statement_timeout(Duration::from_millis(1));
    let database = connect_with(directory.options().pool(pool)).await.expect("a database");
    batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB)").await;
    let mut connection = writer(&database).await;
    // So all is written when it is committed, and not before.
    connection.batch("PRAGMA cache_size = -10000").await.expect("a setting");
    let (mut committed, mut commits) = (0, 0);
    while commits < 210 {
        connection.begin(&TransactionOptions::default()).await.expect("begin");
        let mut rows = 0;
        if commits % 67 > 60 {
            for _ in 0..8 {
                let row = write("INSERT INTO t (a) VALUES (?1)", vec![Value::Bytes(vec![7; 1_000_000])]);
                // It may be found to have taken too long, and takes the transaction along.
                if connection.execute(row).await.is_err() {
                    break;
                }
                rows += 1;
            }
            if rows < 8 {
                connection.rollback().await.expect("rollback");
                continue;
            }
        }
        connection.commit().await.expect("commit");
        (committed, commits) = (committed + rows, commits + 1);
    }
    drop(connection);
    assert!(committed > 0);
    assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t").await, committed);
}

/// A commit writes what the transaction has changed, and a rollback finds it again.
#[tokio::test]
async fn the_end_of_a_large_transaction_is_left_to_the_worker() {
    let directory = Directory::new();
    let database =
        connect_with(directory.options().in_place(Duration::from_secs(1))).await.expect("a database");
    batch(&database, "CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB)").await;
    let mut connection = writer(&database).await;
    for commit in [true, false] {
        let (mut least, mut inserted) = (Duration::MAX, Duration::MAX);
        for _ in 0..5 {
            connection.begin(&TransactionOptions::default()).await.expect("begin");
            // Less than fills the log.
            let rows = format!("INSERT INTO t (a) {ROWS} SELECT zeroblob(3000) FROM n LIMIT 180");
            let asked = Instant::now();
            connection.execute(write(&rows, Vec::new())).await.expect("rows");
            inserted = inserted.min(asked.elapsed());
            let before = thread_cpu();
            if commit { connection.commit().await } else { connection.rollback().await }.expect("an end");
            // The machine may add to one of them, and takes nothing away.
            least = least.min(thread_cpu().saturating_sub(before));
        }
        println!("{least:?} of this thread's time, beside rows in {inserted:?}");
        assert!(least < inserted / 4, "{least:?} of this thread's time, beside rows in {inserted:?}");
    }
}

/// Nothing of it leaves this thread.
#[tokio::test]
async fn a_task_of_short_transactions_lets_others_run() {
    let options = SqliteOptions::memory().in_place(Duration::from_secs(1));
    let database = connect_with(options).await.expect("a database");
    let done = Arc::new(AtomicBool::new(false));
    let busy = {
        let done = Arc::clone(&done);
        tokio::spawn(async move {
            let mut connection = writer(&database).await;
            for transactions in 0.. {
                if done.load(Ordering::Relaxed) {
                    return transactions;
                }
                connection.begin(&TransactionOptions::default()).await.expect("begin");
                connection.commit().await.expect("commit");
                assert!(transactions < 1_000_000, "the other task never ran");
            }
            0
        })
    };
    tokio::time::sleep(Duration::from_millis(20)).await;
    done.store(true, Ordering::Relaxed);
    assert!(busy.await.expect("transactions") > 1);
}

/// On one thread: a task whose transactions are short and long, with and without a trigger, beside one that wants to run.
#[tokio::test]
async fn transactions_do_not_stall_other_tasks() {
    let directory = Directory::new();
    let database = directory.database().await;
    batch(
        &database,
        &format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); INSERT INTO t {ROWS} SELECT i, i FROM n;
             CREATE TABLE watched (id INTEGER PRIMARY KEY, n INT);
             CREATE TRIGGER watch AFTER INSERT ON watched BEGIN UPDATE t SET n = n + 1 WHERE n % 7 = 0; END;
             CREATE TABLE owner (id INTEGER PRIMARY KEY, n INT);
             CREATE TABLE owned (id INTEGER PRIMARY KEY, owner INT REFERENCES owner (id) ON DELETE CASCADE);
             CREATE INDEX owned_by ON owned (owner)"
        ),
    )
    .await;
    let transactions = async move {
        let mut shortest = Duration::MAX;
        for number in 0..1_000_i64 {
            let key = || vec![Value::I64(number)];
            let mut connection = begun(&database).await;
            for _ in 0..3 {
                let near = vec![Value::I64(number % 1_000 + 1)];
                let update = write("UPDATE t SET n = n + 1 WHERE id = ?1", near);
                connection.execute(update).await.expect("an update");
            }
            let more = match number % 100 {
                // Long statements, and long ends of them.
                0 => vec![write("UPDATE t SET n = n + 1", Vec::new())],
                10 => vec![write("INSERT INTO watched (n) VALUES (?1)", key())],
                20 => vec![
                    write("INSERT INTO owner (id) VALUES (?1)", key()),
                    write(&format!("INSERT INTO owned (owner) {ROWS} SELECT ?1 FROM n LIMIT 90000"), key()),
                    write("DELETE FROM owner WHERE id = ?1", key()),
                ],
                _ => Vec::new(),
            };
            let asked = Instant::now();
            for sql in more {
                connection.execute(sql).await.expect("a statement");
            }
            if matches!(number % 100, 0 | 10 | 20) {
                shortest = shortest.min(asked.elapsed());
            }
            if number % 200 < 100 { connection.commit().await } else { connection.rollback().await }
                .expect("an end");
        }
        shortest
    };
    stalls_nobody(transactions).await;
}
