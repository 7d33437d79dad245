//! Dropped futures and time-outs: the server stops, the next caller gets its own rows.

use std::time::{Duration, Instant};

use orm_core::backend::{Backend, Connection, TransactionOptions, collect};
use orm_core::error::DatabaseErrorKind as Kind;
use orm_core::value::Value;
use orm_mysql::MySql;

use super::support::*;

/// Numbers from 1, made by the server.
fn numbers(count: i64) -> String {
    format!(
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n"
    )
}

on_each_server! {
    async fn a_dropped_query_ends_in_the_server(server: &Server) {
        let observer = &mut acquire(&server.connect().await).await;
        let db = server.connect_with("pool_size=1").await;
        let mut c = acquire(&db).await;
        let id = connection_id(&mut c).await;
        let query = tokio::time::timeout(Duration::from_millis(100), one::<i64>(&mut c, "SELECT SLEEP(30)", vec![])).await;
        assert!(query.is_err());
        // What is left of it refuses further use.
        assert_eq!(kind(one::<i64>(&mut c, "SELECT 1", vec![]).await), Some(Kind::ConnectionLost));
        drop(c);

        let start = Instant::now();
        let mut next = acquire(&db).await;
        assert_eq!(one::<i64>(&mut next, "SELECT 7", vec![]).await.unwrap(), 7);
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        assert_ne!(connection_id(&mut next).await, id);
        let gone = until_gone(observer, id).await;
        assert!(gone < Duration::from_secs(1), "{gone:?}");
    }

    async fn a_dropped_update_holds_no_locks(server: &Server) {
        let db = server.connect_with("pool_size=2").await;
        let other = &mut acquire(&db).await;
        other.batch("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await.unwrap();
        let mut c = acquire(&db).await;
        let update = execute(&mut c, "UPDATE t SET a = 2 + SLEEP(30)", vec![]);
        assert!(tokio::time::timeout(Duration::from_millis(200), update).await.is_err());
        drop(c);
        soon(Duration::from_secs(2), execute(other, "UPDATE t SET a = 3", vec![])).await.unwrap();
        assert_eq!(one::<i32>(other, "SELECT a FROM t", vec![]).await.unwrap(), 3);
    }

    async fn a_query_dropped_at_any_moment_never_gives_its_rows_to_the_next(server: &Server) {
        let db = server.connect_with("pool_size=1").await;
        let text = numbers(900);
        for micros in (0..6_000).step_by(97) {
            let mut c = acquire(&db).await;
            let query = column::<i64>(&mut c, &text, vec![]);
            let _ = tokio::time::timeout(Duration::from_micros(micros), query).await;
            drop(c);
            let mut c = acquire(&db).await;
            let probe = i64::try_from(micros).unwrap() + 1_000_000;
            let answer = one::<i64>(&mut c, "SELECT CAST(? AS SIGNED)", vec![Value::I64(probe)]).await.unwrap();
            assert_eq!(answer, probe, "after {micros} µs");
        }
    }

    async fn a_dropped_begin_leaves_no_transaction(server: &Server) {
        let db = server.connect_with("pool_size=1").await;
        acquire(&db).await.batch("CREATE TABLE t (a int)").await.unwrap();
        for micros in (0..1_500).step_by(50) {
            let mut c = acquire(&db).await;
            let _ = tokio::time::timeout(Duration::from_micros(micros), c.begin(&TransactionOptions::default())).await;
            drop(c);
            execute(&mut acquire(&db).await, "INSERT INTO t VALUES (1)", vec![]).await.unwrap();
        }
        let observer = server.connect().await;
        let rows: i64 = one(&mut acquire(&observer).await, "SELECT COUNT(*) FROM t", vec![]).await.unwrap();
        assert_eq!(rows, 30);
    }

    async fn the_servers_timeout_is_a_typed_error(server: &Server) {
        let db = server.connect_with("pool_size=1&statement_timeout=300ms").await;
        let c = &mut acquire(&db).await;
        let slow = "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, \
                    information_schema.columns c WHERE SHA2(CONCAT(a.column_name, b.column_name, c.column_name), 512) = 'x'";
        let id = connection_id(c).await;
        let start = Instant::now();
        assert_eq!(kind(one::<i64>(c, slow, vec![]).await), Some(Kind::StatementTimeout));
        assert!(start.elapsed() < Duration::from_millis(1_250), "{:?}", start.elapsed());
        // The server ended it, so the connection is as good as before.
        assert_eq!(connection_id(c).await, id);
    }

    async fn the_clients_timeout_covers_what_the_server_does_not(server: &Server) {
        let observer = &mut acquire(&server.connect().await).await;
        let db = server.connect_with("pool_size=1&statement_timeout=300ms").await;
        observer.batch("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await.unwrap();
        let mut c = acquire(&db).await;
        let id = connection_id(&mut c).await;
        let start = Instant::now();
        // MySQL's own time-out is for SELECT only; MariaDB's ends this one by itself.
        let ended = execute(&mut c, "UPDATE t SET a = 2 + SLEEP(20)", vec![]).await;
        let took = start.elapsed();
        assert_eq!(kind(ended), Some(Kind::StatementTimeout));
        if is_mariadb(&db) {
            assert!(took < Duration::from_millis(1_250), "{took:?}");
            drop(c);
        } else {
            assert!((Duration::from_millis(1_250)..Duration::from_millis(1_600)).contains(&took), "{took:?}");
            drop(c);
            assert!(until_gone(observer, id).await < Duration::from_secs(1));
        }
        assert_eq!(one::<i64>(&mut acquire(&db).await, "SELECT 1", vec![]).await.unwrap(), 1);
    }

    async fn a_killed_connection_is_replaced(server: &Server) {
        let db = server.connect_with("pool_size=1&health_check_after=1ms").await;
        let id = connection_id(&mut acquire(&db).await).await;
        let other = server.connect().await;
        let observer = &mut acquire(&other).await;
        observer.batch(&format!("KILL {id}")).await.unwrap();
        until_gone(observer, id).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(one::<i64>(&mut acquire(&db).await, "SELECT 1", vec![]).await.unwrap(), 1);

        // While it is held, its holder learns it.
        let mut c = acquire(&db).await;
        let id = connection_id(&mut c).await;
        observer.batch(&format!("KILL {id}")).await.unwrap();
        until_gone(observer, id).await;
        assert_eq!(kind(one::<i64>(&mut c, "SELECT 1", vec![]).await), Some(Kind::ConnectionLost));
        drop(c);
        assert_eq!(one::<i64>(&mut acquire(&db).await, "SELECT 1", vec![]).await.unwrap(), 1);
    }

    async fn a_killed_query_is_cancelled(server: &Server) {
        let db = server.connect().await;
        let mut c = acquire(&db).await;
        let id = connection_id(&mut c).await;
        let observer = &mut acquire(&db).await;
        let (ended, killed) = tokio::join!(one::<i64>(&mut c, "SELECT COUNT(*) FROM (SELECT SLEEP(10)) AS t", vec![]), async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            observer.batch(&format!("KILL QUERY {id}")).await
        });
        killed.unwrap();
        // MySQL lets SLEEP return instead of failing; what matters is that it ends and leaves the connection in step.
        assert!(matches!(ended.map_err(|error| error.kind()), Ok(1) | Err(Some(Kind::Cancelled))));
        assert_eq!(one::<i64>(&mut c, "SELECT 7", vec![]).await.unwrap(), 7);
    }

    async fn a_sinks_error_leaves_the_connection_usable(server: &Server) {
        let db = server.connect_with("pool_size=1").await;
        let mut c = acquire(&db).await;
        let id = connection_id(&mut c).await;
        let refused = c.query(sql(&numbers(500), vec![]), collect::<MySql, _>(First::<String>::new())).await;
        value_error(refused.map(drop));
        assert_eq!(connection_id(&mut c).await, id);
        // In a transaction any rest is read, since all depends on the connection.
        c.begin(&TransactionOptions::default()).await.unwrap();
        let many = format!("{} CROSS JOIN (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) x", numbers(900));
        let refused = c.query(sql(&many, vec![]), collect::<MySql, _>(First::<String>::new())).await;
        value_error(refused.map(drop));
        assert_eq!(connection_id(&mut c).await, id);
        c.commit().await.unwrap();
        // Outside of one it is given up.
        let refused = c.query(sql(&many, vec![]), collect::<MySql, _>(First::<String>::new())).await;
        value_error(refused.map(drop));
        drop(c);
        assert_ne!(connection_id(&mut acquire(&db).await).await, id);
        assert_eq!(db.status().open, 1);
    }
}
