//! What a server says about its sessions, asked over a connection that has no part in what is tested.

use std::time::{Duration, Instant};

use orm::Dialect;
use orm::backend::Executor;
use orm::queryset::RawQuery;

use super::Db;

/// At most this long; whatever is waited for here is to come well before.
pub async fn soon<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, work).await.expect("in time")
}

/// Asks again until the answer is as expected, at most so long; how long that took.
pub async fn until(within: Duration, expected: i64, ask: impl AsyncFn() -> i64) -> Duration {
    let start = Instant::now();
    loop {
        let seen = soon(Duration::from_secs(20), ask()).await;
        if seen == expected {
            return start.elapsed();
        }
        assert!(start.elapsed() < within, "{seen} instead of {expected} after {within:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The numbers that a query gives. It is asked again while MySQL cannot answer: its list of sessions is an error as long as any
/// session of the server runs a statement with bytes in it that are no text.
async fn numbers(observer: &impl Executor, query: RawQuery) -> Vec<i64> {
    loop {
        match query.clone().fetch(observer).await {
            Err(error) if error.as_database().is_some_and(|error| error.code() == Some("3854")) => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            answer => return answer.expect("the observer is served"),
        }
    }
}

/// How many other sessions of the database run a statement with this text in it.
pub async fn running(observer: &Db, text: &str) -> i64 {
    let like = format!("%{text}%");
    let query = match observer.dialect() {
        Dialect::Postgres => orm::raw!(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
             AND pid <> pg_backend_pid() AND query LIKE {like}"
        ),
        Dialect::MySql | Dialect::MariaDb => orm::raw!(
            "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND command <> 'Sleep'
             AND id <> CONNECTION_ID() AND info LIKE {like}"
        ),
        Dialect::Sqlite => panic!("there is no server"),
    };
    numbers(observer, query).await[0]
}

/// How many other sessions of the database have a transaction open.
pub async fn open_transactions(observer: &Db) -> i64 {
    let query = match observer.dialect() {
        Dialect::Postgres => orm::raw!(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
             AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        ),
        Dialect::MySql | Dialect::MariaDb => orm::raw!(
            "SELECT COUNT(*) FROM information_schema.innodb_trx AS trx
             JOIN information_schema.processlist AS session ON session.id = trx.trx_mysql_thread_id
             WHERE session.db = DATABASE() AND session.id <> CONNECTION_ID()"
        ),
        Dialect::Sqlite => panic!("there is no server"),
    };
    numbers(observer, query).await[0]
}

/// How many other sessions the database has.
pub async fn sessions(observer: &impl Executor) -> i64 {
    let query = match observer.dialect() {
        Dialect::Postgres => orm::raw!(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
             AND backend_type = 'client backend'"
        ),
        Dialect::MySql | Dialect::MariaDb => orm::raw!(
            "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
        ),
        Dialect::Sqlite => panic!("there is no server"),
    };
    numbers(observer, query).await[0]
}

/// Ends the other sessions of the database, as a server does with those that idle for too long.
pub async fn end_sessions(observer: &impl Executor) {
    match observer.dialect() {
        Dialect::Postgres => {
            let query = orm::raw!(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"
            );
            numbers(observer, query).await;
        }
        Dialect::MySql | Dialect::MariaDb => {
            let query = orm::raw!(
                "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
            );
            for id in numbers(observer, query).await {
                // It may have ended by itself.
                observer.batch(&format!("KILL CONNECTION {id}")).await.ok();
            }
        }
        Dialect::Sqlite => panic!("there is no server"),
    }
}
