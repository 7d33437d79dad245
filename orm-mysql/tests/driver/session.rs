//! Session settings, and that no caller inherits another's.

use orm_core::backend::{Backend, Connection, TransactionOptions};
use orm_core::value::Value;

use super::support::*;

on_each_server! {
    async fn every_session_has_the_same_settings(server: &Server) {
        let db = server.connect_with("statement_timeout=7s").await;
        let c = &mut acquire(&db).await;
        let modes: String = one(c, "SELECT @@sql_mode", vec![]).await.unwrap();
        for mode in
            ["STRICT_ALL_TABLES", "NO_ZERO_DATE", "NO_ZERO_IN_DATE", "NO_AUTO_VALUE_ON_ZERO", "ERROR_FOR_DIVISION_BY_ZERO", "NO_ENGINE_SUBSTITUTION"]
        {
            assert!(modes.contains(mode), "{mode}");
        }
        assert!(!modes.contains("ANSI_QUOTES"));
        assert_eq!(one::<String>(c, "SELECT @@time_zone", vec![]).await.unwrap(), "+00:00");
        for variable in ["character_set_client", "character_set_connection", "character_set_results"] {
            assert_eq!(one::<String>(c, &format!("SELECT @@{variable}"), vec![]).await.unwrap(), "utf8mb4");
        }
        assert!(one::<u64>(c, "SELECT @@group_concat_max_len", vec![]).await.unwrap() >= 1_000_000);
        let limit = if is_mariadb(&db) { "SELECT CAST(@@max_statement_time * 1000 AS SIGNED)" } else { "SELECT CAST(@@max_execution_time AS SIGNED)" };
        assert_eq!(one::<i64>(c, limit, vec![]).await.unwrap(), 7_000);
    }

    async fn what_a_caller_changed_does_not_reach_the_next(server: &Server) {
        let db = server.connect_with("pool_size=1").await;
        acquire(&db).await.batch("CREATE TABLE t (a int)").await.unwrap();
        let changes = [
            "SET time_zone = '+05:00'",
            "SET @x = 1",
            "SET SESSION sql_mode = ''",
            "SET autocommit = 0",
            "SET SESSION TRANSACTION READ ONLY",
            "CREATE TEMPORARY TABLE temporary (a int)",
            "SELECT GET_LOCK('orm_my', 0)",
            "USE information_schema",
            "LOCK TABLES t READ",
            "SET NAMES latin1",
            "START TRANSACTION",
            "SET SESSION innodb_lock_wait_timeout = 1",
        ];
        for change in changes {
            for prepared in [false, true] {
                let mut c = acquire(&db).await;
                let id = connection_id(&mut c).await;
                if prepared {
                    // Some cannot be prepared.
                    let _ = column::<Option<i64>>(&mut c, change, vec![]).await;
                } else {
                    c.batch(change).await.unwrap();
                }
                drop(c);
                let mut c = acquire(&db).await;
                if !prepared {
                    assert_ne!(connection_id(&mut c).await, id, "{change}");
                }
                assert_eq!(one::<String>(&mut c, "SELECT @@time_zone", vec![]).await.unwrap(), "+00:00");
                execute(&mut c, "INSERT INTO t VALUES (?)", vec![Value::I32(1)]).await.unwrap();
            }
        }
        // All inserts were committed.
        let rows: i64 = one(&mut acquire(&server.connect().await).await, "SELECT COUNT(*) FROM t", vec![]).await.unwrap();
        assert_eq!(rows, 2 * i64::try_from(changes.len()).unwrap());
    }

    async fn a_connection_is_used_again(server: &Server) {
        let db = server.connect_with("pool_size=1").await;
        let id = connection_id(&mut acquire(&db).await).await;
        for _ in 0..20 {
            let mut c = acquire(&db).await;
            c.begin(&TransactionOptions::default()).await.unwrap();
            assert_eq!(connection_id(&mut c).await, id);
            c.commit().await.unwrap();
            assert!(execute(&mut c, "SELECT missing", vec![]).await.is_err());
        }
        assert_eq!(db.status().open, 1);
        db.close().await;
        assert!(db.acquire(orm_core::compile::Access::Read, operation()).await.is_err());
        let other = server.connect().await;
        until_gone(&mut acquire(&other).await, id).await;
    }

    async fn everything_works_on_one_thread(server: &Server) {
        // The tests' runtime has one thread already; a blocked one would hang here.
        let db = server.connect_with("pool_size=4").await;
        let mut tasks = Vec::new();
        for n in 0..40_i64 {
            let mut c = soon(std::time::Duration::from_secs(5), acquire(&db)).await;
            tasks.push(tokio::spawn(async move { one::<i64>(&mut c, "SELECT CAST(? AS SIGNED)", vec![Value::I64(n)]).await.unwrap() }));
        }
        for (n, task) in (0..).zip(tasks) {
            assert_eq!(task.await.unwrap(), n);
        }
    }
}
