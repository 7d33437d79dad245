//! Where no connection can be had, the error says why, without any secret.

use std::fmt::Write;
use std::time::{Duration, Instant};

use orm::backend::Executor;
use orm::error::PoolError;
use orm::prelude::*;
use orm::{AnyDatabase, DatabaseErrorKind, Error};

use crate::support::{run, run_by_url, with_parameter};

#[derive(Model, Debug, Clone)]
struct Row {
    #[field(primary_key)]
    id: i64,
}

#[test]
fn passwords_are_in_no_error() {
    run(&[], async |_| {
        for url in [
            "postgres://user:canary@127.0.0.1:1/db",
            "mysql://user:canary@127.0.0.1:1/db",
            "mariadb://user:canary@127.0.0.1:1/db?connect_timeout=1s",
            "postgres://user:canary@127.0.0.1:notaport/db",
            "mysql://user:canary@[::1/db",
            "postgres://user:canary@/%ZZ",
            "postgres://user:canary@127.0.0.1:1/db?no_such_option=canary",
            "mysql://user:canary@127.0.0.1:1/db?pool_size=canary",
            "sqlite:/no/such/directory/at/all.db?password=canary",
            "oracle://user:canary@127.0.0.1/db",
            "user:canary@127.0.0.1",
        ] {
            let error = match orm::connect(url).await {
                Err(error) => error,
                Ok(db) => db.batch("SELECT 1").await.expect_err(url),
            };
            let mut text = format!("{error} {error:?} {error:#?}");
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                write!(text, " {inner} {inner:?}").expect("a text grows");
                source = inner.source();
            }
            assert!(!text.contains("canary"), "{text}");
        }
    });
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    run(&[], async |db| {
        let url = match db.dialect() {
            Dialect::Postgres => "postgres://user:canary@127.0.0.1:1/db",
            Dialect::MySql | Dialect::MariaDb => "mysql://user:canary@127.0.0.1:1/db",
            Dialect::Sqlite => return,
        };
        let start = Instant::now();
        let error = match orm::connect(url).await {
            Err(error) => error,
            Ok(db) => db.batch("SELECT 1").await.expect_err("nobody listens there"),
        };
        assert!(start.elapsed() < Duration::from_secs(11), "{:?}", start.elapsed());
        let Error::Pool(pool) = &error else { panic!("{error:?}") };
        assert!(
            matches!(**pool, PoolError::Unreachable { .. } | PoolError::ConnectTimeout { .. }),
            "{error}"
        );
        assert!(error.to_string().contains("127.0.0.1"), "{error}");
    });
}

#[test]
fn an_exhausted_pool_names_who_holds_it() {
    run_by_url(async |_, url| {
        let db = orm::connect(&with_parameter(&with_parameter(url, "pool_size=1"), "acquire_timeout=300ms"))
            .await
            .unwrap();
        db.create_tables(models![Row]).await.unwrap();
        for id in 0..600 {
            Row::objects().create(&db, |r| r.id(id + 1)).await.unwrap();
        }
        // A stream that stops halfway holds its connection. SQLite reads without one as long as there are readers.
        let mut one = Row::objects().stream(&db);
        assert!(one.try_next().await.unwrap().is_some());
        let mut two = Row::objects().stream(&db);
        let start = Instant::now();
        let error = two.try_next().await.expect_err("the only connection is taken");
        assert!((250..1_500).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
        let Error::Pool(pool) = &error else { panic!("{error:?}") };
        let PoolError::Exhausted { holders, .. } = &**pool else { panic!("{error:?}") };
        assert_eq!(holders.len(), 1);
        assert_eq!(holders[0].operation, "Row.stream");
        let text = error.to_string();
        assert!(
            text.contains("exhausted") && text.contains("Row.stream") && text.contains("connecting.rs:"),
            "{text}"
        );
        drop(one);
        assert_eq!(Row::objects().count(&db).await.unwrap(), 600);
        db.drop_tables(models![Row]).await.unwrap();
        db.close().await;
        let closed = Row::objects().count(&db).await.unwrap_err();
        assert!(matches!(&closed, Error::Pool(pool) if matches!(**pool, PoolError::Closed)), "{closed:?}");
    });
}

#[test]
fn a_statement_ends_at_its_time_out() {
    run_by_url(async |_, url| {
        let db: AnyDatabase = orm::connect(&with_parameter(url, "statement_timeout=300ms")).await.unwrap();
        let slow = match db.dialect() {
            Dialect::Postgres => "SELECT pg_sleep(20)",
            // Not SLEEP, which ends early without an error.
            Dialect::MySql => {
                "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) \
                               SELECT COUNT(*) FROM n AS a, n AS b, n AS c, n AS d"
            }
            Dialect::MariaDb => "SELECT SLEEP(20)",
            Dialect::Sqlite => {
                "CREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
            }
        };
        let start = Instant::now();
        let error = db.batch(slow).await.expect_err("longer than its time");
        assert!(start.elapsed() < Duration::from_secs(4), "{:?} {error}", start.elapsed());
        assert_eq!(error.kind(), Some(DatabaseErrorKind::StatementTimeout), "{error}");
        db.batch("CREATE TABLE after_the_time_out (id bigint)").await.unwrap();
        db.batch("DROP TABLE after_the_time_out").await.unwrap();
        db.close().await;
    });
}
