//! Servers, a database of each test's own, and short ways to run statements.

use std::future::Future;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use orm_core::backend::{Backend, Connection, Decode, Executed, collect, into_collected};
use orm_core::compile::{Access, CompiledSql, Dialect, Operation};
use orm_core::error::DatabaseErrorKind;
use orm_core::value::{Row, SqlType, Value};
use orm_core::{Error, Result};
use orm_mysql::{MySql, MySqlConnection, MySqlOptions};

/// Makes two tests of one function: `mariadb` and `mysql`.
macro_rules! on_each_server {
    ($($(#[$attribute:meta])* async fn $name:ident($server:ident: &Server) $body:block)*) => {
        $(
            $(#[$attribute])*
            mod $name {
                use super::*;

                async fn body($server: &Server) $body

                #[tokio::test]
                async fn mariadb() {
                    crate::driver::support::run("ORM_TEST_MARIADB_URL", stringify!($name), async |server| {
                        body(server).await;
                    }).await;
                }

                #[tokio::test]
                async fn mysql() {
                    crate::driver::support::run("ORM_TEST_MYSQL_URL", stringify!($name), async |server| {
                        body(server).await;
                    }).await;
                }
            }
        )*
    };
}
pub(crate) use on_each_server;

/// A server, and a database on it that is the test's own.
pub(crate) struct Server {
    url: String,
}

/// Runs a test in a fresh database, which is dropped afterwards also when the test fails.
pub(crate) async fn run(variable: &str, name: &str, test: impl AsyncFnOnce(&Server)) {
    let Ok(url) = std::env::var(variable) else {
        println!("skipped: {variable} is not set");
        return;
    };
    let admin = orm_mysql::connect(&url).await.expect("the test server answers");
    // A database's name has 64 characters at most; tests have longer ones.
    let mut database = format!("orm_my_{}_{name}", std::process::id());
    database.truncate(64);
    let mut connection = acquire(&admin).await;
    connection
        .batch(&format!("DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database}"))
        .await
        .unwrap();

    let (start, _) = url.rsplit_once('/').unwrap();
    let server = Server { url: format!("{start}/{database}") };
    let outcome = AssertUnwindSafe(test(&server)).catch_unwind().await;

    connection.batch(&format!("DROP DATABASE {database}")).await.unwrap();
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

impl Server {
    pub(crate) async fn connect(&self) -> MySql {
        self.connect_with("").await
    }

    /// With parameters such as `pool_size=1`.
    pub(crate) async fn connect_with(&self, parameters: &str) -> MySql {
        orm_mysql::connect(&format!("{}?{parameters}", self.url)).await.unwrap()
    }

    pub(crate) fn options(&self) -> MySqlOptions {
        MySqlOptions::from_url(&self.url).unwrap()
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

pub(crate) async fn acquire(db: &MySql) -> MySqlConnection {
    db.acquire(Access::Write, operation()).await.unwrap()
}

pub(crate) fn operation() -> Operation {
    Operation::new("Test", "run")
}

pub(crate) fn sql(text: &str, params: Vec<Value>) -> CompiledSql {
    CompiledSql::new(text, params, Access::Write, operation())
}

/// The first column of each row.
#[derive(Clone)]
pub(crate) struct First<T>(PhantomData<fn() -> T>);

impl<T> First<T> {
    pub(crate) fn new() -> Self {
        First(PhantomData)
    }
}

impl<T: SqlType> Decode for First<T> {
    type Out = T;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<T> {
        Ok(T::from_row(row, 0)?)
    }
}

pub(crate) async fn column<T: SqlType>(
    connection: &mut MySqlConnection,
    text: &str,
    params: Vec<Value>,
) -> Result<Vec<T>> {
    let sink = connection.query(sql(text, params), collect::<MySql, _>(First::<T>::new())).await?;
    Ok(into_collected::<MySql, First<T>>(sink)?.1)
}

/// The only row's only column.
pub(crate) async fn one<T: SqlType>(
    connection: &mut MySqlConnection,
    text: &str,
    params: Vec<Value>,
) -> Result<T> {
    let mut values = column(connection, text, params).await?;
    assert_eq!(values.len(), 1, "rows of {text}");
    Ok(values.remove(0))
}

pub(crate) async fn execute(
    connection: &mut MySqlConnection,
    text: &str,
    params: Vec<Value>,
) -> Result<Executed> {
    connection.execute(sql(text, params)).await
}

pub(crate) fn kind<T>(result: Result<T>) -> Option<DatabaseErrorKind> {
    result.err().and_then(|error| error.kind())
}

pub(crate) fn value_error<T>(result: Result<T>) -> orm_core::error::ValueError {
    match result.err() {
        Some(Error::Value(error)) => error.value_error().clone(),
        other => panic!("not a value error: {other:?}"),
    }
}

pub(crate) fn is_mariadb(db: &MySql) -> bool {
    db.dialect() == Dialect::MariaDb
}

pub(crate) async fn connection_id(connection: &mut MySqlConnection) -> u64 {
    one(connection, "SELECT CONNECTION_ID()", vec![]).await.unwrap()
}

/// Waits until the server no longer has a connection; how long that took.
pub(crate) async fn until_gone(observer: &mut MySqlConnection, id: u64) -> Duration {
    let start = Instant::now();
    loop {
        let text = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?";
        match one::<i64>(observer, text, vec![Value::U64(id)]).await {
            Ok(0) => return start.elapsed(),
            Ok(_) => {}
            // MySQL's list cannot be had while any session runs a statement with bytes in it that are no text.
            Err(error) if error.as_database().is_some_and(|error| error.code() == Some("3854")) => {}
            Err(error) => panic!("the observer is served: {error:?}"),
        }
        assert!(start.elapsed() < Duration::from_secs(10), "connection {id} is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// At most this long.
pub(crate) async fn soon<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, work).await.expect("in time")
}
