//! Dropped futures, time-outs and cancelled statements.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orm_core::backend::{Backend, Connection, PoolOptions, TransactionOptions};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::support::{
    acquire, database, eventually, execute, first_column, is_idle, one, options, process, sql, url,
};

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_dropped_query_is_cancelled_and_its_connection_closed() {
    let (Some(database), Some(observers)) = (database().await, database().await) else { return };
    let mut observer = acquire(&observers).await;
    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    let slow = c.query(sql("SELECT pg_sleep(30)", vec![]), first_column::<Option<String>>());
    assert!(timeout(SHORT, slow).await.is_err());
    drop(c);
    let start = Instant::now();
    let mut c = acquire(&database).await;
    assert_eq!(one::<i32>(&mut c, "SELECT 7", vec![]).await.unwrap(), 7);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    let gone = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND query LIKE '%pg_sleep%'");
    let after = eventually(&mut observer, &gone, 0, Duration::from_secs(1)).await;
    eprintln!("next statement after {:?}, the cancelled one gone after {after:?}", start.elapsed());
}

/// `PgBouncer` takes its time with a cancel request, and forgets it when the connection that it is about has gone.
#[tokio::test]
async fn a_pooler_hears_of_a_cancel_while_the_connection_is_still_there() {
    let (Some(url), Some(observers)) = (url(), database().await) else { return };
    let mut observer = acquire(&observers).await;
    let server = url
        .split(['@', '/', '?'])
        .find(|part| part.contains(':') && part.ends_with(|c: char| c.is_ascii_digit()));
    let server = server.expect("a host with its port").to_owned();
    let pooler = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let way = url.replace(&server, &pooler.local_addr().unwrap().to_string());
    let pooling = tokio::spawn(pool_for(pooler, server));
    let database = orm_postgres::connect(&way).await.unwrap();

    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    let slow = c.query(sql("SELECT pg_sleep(30)", vec![]), first_column::<Option<String>>());
    assert!(timeout(SHORT, slow).await.is_err());
    drop(c);
    let gone = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND query LIKE '%pg_sleep%'");
    eventually(&mut observer, &gone, 0, Duration::from_secs(2)).await;
    pooling.abort();
}

/// Carries connections to the server. A cancel request is carried after a while, if the connection is there by then.
async fn pool_for(pooler: tokio::net::TcpListener, server: String) {
    const CANCEL: &[u8] = &[0x04, 0xd2, 0x16, 0x2e];
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let (mut client, _) = pooler.accept().await.unwrap();
        let (server, open) = (server.clone(), Arc::clone(&open));
        tokio::spawn(async move {
            let mut begin = [0; 8];
            client.read_exact(&mut begin).await?;
            let mut to_server = tokio::net::TcpStream::connect(server).await?;
            let is_cancel = begin.ends_with(CANCEL);
            if is_cancel {
                tokio::time::sleep(SHORT).await;
                if open.load(Ordering::SeqCst) == 0 {
                    return Ok(());
                }
            } else {
                open.fetch_add(1, Ordering::SeqCst);
            }
            let carried = async {
                to_server.write_all(&begin).await?;
                let (mut from_client, mut to_client) = client.split();
                let (mut from_server, mut to_server) = to_server.split();
                // It ends with whichever side goes first.
                tokio::select! {
                    done = tokio::io::copy(&mut from_client, &mut to_server) => done,
                    done = tokio::io::copy(&mut from_server, &mut to_client) => done,
                }
            };
            let carried = carried.await.map(drop);
            if !is_cancel {
                open.fetch_sub(1, Ordering::SeqCst);
            }
            carried
        });
    }
}

#[tokio::test]
async fn after_a_dropped_statement_a_transaction_cannot_go_on() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    c.begin(&TransactionOptions::default()).await.unwrap();
    execute(&mut c, "SELECT 1", vec![]).await.unwrap();
    assert!(timeout(SHORT, execute(&mut c, "SELECT pg_sleep(30)", vec![])).await.is_err());
    for error in [
        execute(&mut c, "SELECT 1", vec![]).await.err(),
        c.batch("SELECT 1").await.err(),
        c.commit().await.err(),
        c.rollback().await.err(),
    ] {
        assert_eq!(error.unwrap().kind(), Some(Kind::TransactionAborted));
    }
    drop(c);
    assert_eq!(one::<i32>(&mut acquire(&database).await, "SELECT 7", vec![]).await.unwrap(), 7);
}

#[tokio::test]
async fn a_dropped_begin_leaves_no_transaction_to_the_next_borrower() {
    let (Some(database), Some(observers)) = (database().await, database().await) else { return };
    let mut observer = acquire(&observers).await;
    // Dropped before the first statement, with it under way, and after it.
    for step in 0..3 {
        let mut c = acquire(&database).await;
        c.begin(&TransactionOptions::default()).await.unwrap();
        match step {
            1 => {
                assert!(
                    timeout(Duration::ZERO, execute(&mut c, "SELECT pg_sleep(5)", vec![])).await.is_err()
                );
            }
            2 => drop(execute(&mut c, "SELECT 1", vec![]).await.unwrap()),
            _ => {}
        }
        drop(c);
        let mut c = acquire(&database).await;
        assert_eq!(is_idle(&mut c, &mut observer).await, 1, "step {step}");
    }
}

#[tokio::test]
async fn the_server_s_time_out_and_the_client_s() {
    let (Some(options), Some(observers)) = (options(), database().await) else { return };
    let limit = Duration::from_millis(300);
    let options = options.pool(PoolOptions::default().pool_size(1_usize).statement_timeout(limit));
    let database = orm_postgres::connect_with(options).await.unwrap();
    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    let start = Instant::now();
    let error = execute(&mut c, "SELECT pg_sleep(30)", vec![]).await.unwrap_err();
    assert_eq!(error.kind(), Some(Kind::StatementTimeout), "{error:?}");
    assert!(
        start.elapsed() >= limit && start.elapsed() < limit + Duration::from_millis(200),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(process(&mut c).await, pid);

    // The server's is off in this session, so the client's own must end it.
    c.batch("SET statement_timeout = 0").await.unwrap();
    let start = Instant::now();
    let error = execute(&mut c, "SELECT pg_sleep(30)", vec![]).await.unwrap_err();
    assert_eq!(error.kind(), Some(Kind::StatementTimeout), "{error:?}");
    let limit = limit + Duration::from_secs(1);
    assert!(
        start.elapsed() >= limit && start.elapsed() < limit + Duration::from_millis(200),
        "{:?}",
        start.elapsed()
    );
    drop(c);
    let mut c = acquire(&database).await;
    assert_ne!(process(&mut c).await, pid);
    let gone = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}");
    eventually(&mut acquire(&observers).await, &gone, 0, Duration::from_secs(1)).await;
}

#[tokio::test]
async fn cancelled_by_somebody_else_is_not_a_time_out() {
    let (Some(database), Some(observers)) = (database().await, database().await) else { return };
    let mut observer = acquire(&observers).await;
    let mut c = acquire(&database).await;
    let pid = process(&mut c).await;
    let (error, cancelled) = tokio::join!(execute(&mut c, "SELECT pg_sleep(30)", vec![]), async {
        tokio::time::sleep(SHORT).await;
        one::<bool>(&mut observer, "SELECT pg_cancel_backend($1)", vec![Value::I32(pid)]).await.unwrap()
    });
    assert!(cancelled);
    assert_eq!(error.unwrap_err().kind(), Some(Kind::Cancelled));
    drop(c);
    assert_eq!(process(&mut acquire(&database).await).await, pid, "the connection is as good as before");
}

#[tokio::test]
async fn the_pool_stays_within_its_size_whatever_is_dropped() {
    let (Some(options), Some(observers)) = (options(), database().await) else { return };
    let name = crate::support::unique("orm-pg-drops");
    let options = options.application_name(&name).pool(PoolOptions::default().pool_size(4_usize));
    let database = std::sync::Arc::new(orm_postgres::connect_with(options).await.unwrap());
    let mut tasks = Vec::new();
    for task in 0_u64..200 {
        let database = database.clone();
        tasks.push(tokio::spawn(async move {
            let work = async {
                let mut c = acquire(&database).await;
                c.begin(&TransactionOptions::default()).await.unwrap();
                let n = i64::try_from(task).unwrap();
                assert_eq!(one::<i64>(&mut c, "SELECT $1::bigint", vec![Value::I64(n)]).await.unwrap(), n);
                c.commit().await.unwrap();
            };
            timeout(Duration::from_micros(task * 37 % 5_000), work).await.ok();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert!(database.status().open <= 4, "{:?}", database.status());
    let mut observer = acquire(&observers).await;
    let idle_in_transaction = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' AND state LIKE 'idle in transaction%'"
    );
    eventually(&mut observer, &idle_in_transaction, 0, Duration::from_secs(2)).await;
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(acquire(&database).await);
    }
    for c in &mut all {
        assert_eq!(one::<i32>(c, "SELECT 7", vec![]).await.unwrap(), 7);
    }
}

#[test]
fn dropped_outside_a_runtime_and_after_it() {
    let Some(options) = options() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (database, c, cursor) = runtime.block_on(async {
        let options = options.pool(PoolOptions::default().pool_size(2_usize));
        let database = orm_postgres::connect_with(options).await.unwrap();
        let mut c = acquire(&database).await;
        assert!(timeout(SHORT, execute(&mut c, "SELECT pg_sleep(5)", vec![])).await.is_err());
        let cursor =
            acquire(&database).await.cursor(sql("SELECT generate_series(1, 100000)", vec![])).await.unwrap();
        (database, c, cursor)
    });
    drop(c);
    drop(runtime);
    drop(cursor);
    drop(database);
}
