//! A pool on the test server, a schema per test, and sinks.

use std::any::Any;
use std::fmt::Write as _;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orm_core::Result;
use orm_core::backend::{Backend, BoxSink, Connection, Decode, Executed, RowSink, collect, into_collected};
use orm_core::compile::{Access, CompiledSql, Operation};
use orm_core::error::Error;
use orm_core::value::{Row, SqlType, Value};
use orm_postgres::{PgConnection, PgRow, Postgres, PostgresOptions};

/// The server's URL, or a note that the test is skipped.
pub(crate) fn url() -> Option<String> {
    let url = std::env::var("ORM_TEST_POSTGRES_URL").ok();
    if url.is_none() {
        eprintln!("skipped: ORM_TEST_POSTGRES_URL is not set");
    }
    url
}

/// Options for the server, with a pool of one so that the next borrower gets the same connection.
pub(crate) fn options() -> Option<PostgresOptions> {
    let mut options = PostgresOptions::from_url(&url()?).expect("ORM_TEST_POSTGRES_URL");
    let pool = orm_core::backend::PoolOptions::default().pool_size(1_usize);
    options = options.application_name(unique("orm-postgres-test")).pool(pool);
    Some(options)
}

/// A pool of one connection.
pub(crate) async fn database() -> Option<Postgres> {
    Some(orm_postgres::connect_with(options()?).await.expect("the test server"))
}

/// A name nobody else uses.
pub(crate) fn unique(prefix: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("{prefix}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A schema that is dropped when the test is over, also when it failed.
pub(crate) struct Schema(pub(crate) String);

impl Schema {
    pub(crate) async fn create(connection: &mut PgConnection) -> Schema {
        let name = unique("orm_pg_test");
        connection.batch(&format!("CREATE SCHEMA {name}")).await.expect("create schema");
        Schema(name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (name, url) = (self.0.clone(), url());
        // A thread of its own, because the test's runtime may be on its way out.
        let dropping = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
            runtime.block_on(async move {
                let Some(url) = url else { return };
                let Ok(database) = orm_postgres::connect(&url).await else { return };
                let mut connection = acquire(&database).await;
                let _ = connection.batch(&format!("DROP SCHEMA {name} CASCADE")).await;
            });
        });
        let _ = dropping.join();
    }
}

pub(crate) async fn acquire(database: &Postgres) -> PgConnection {
    database.acquire(Access::Write, Operation::new("", "test")).await.expect("a connection")
}

pub(crate) fn sql(text: &str, params: Vec<Value>) -> CompiledSql {
    CompiledSql::new(text, params, Access::Write, Operation::new("", "test"))
}

pub(crate) async fn execute(
    connection: &mut PgConnection,
    text: &str,
    params: Vec<Value>,
) -> Result<Executed> {
    connection.execute(sql(text, params)).await
}

/// Reads the first column.
struct First<T>(PhantomData<fn() -> T>);

impl<T: SqlType> Decode for First<T> {
    type Out = T;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<T> {
        Ok(T::from_row(row, 0)?)
    }
}

pub(crate) fn first_column<T: SqlType>() -> BoxSink<Postgres> {
    collect(First::<T>(PhantomData))
}

pub(crate) fn collected<T: SqlType>(sink: BoxSink<Postgres>) -> Vec<T> {
    into_collected::<Postgres, First<T>>(sink).expect("the same sink").1
}

/// The first column of every row.
pub(crate) async fn column<T: SqlType>(
    connection: &mut PgConnection,
    text: &str,
    params: Vec<Value>,
) -> Result<Vec<T>> {
    Ok(collected(connection.query(sql(text, params), first_column::<T>()).await?))
}

/// The first column of the only row.
pub(crate) async fn one<T: SqlType>(
    connection: &mut PgConnection,
    text: &str,
    params: Vec<Value>,
) -> Result<T> {
    let mut rows = column(connection, text, params).await?;
    assert_eq!(rows.len(), 1, "{text}");
    Ok(rows.remove(0))
}

/// Takes rows until one too many.
pub(crate) struct Limited {
    pub(crate) left: usize,
}

impl RowSink<Postgres> for Limited {
    fn push(&mut self, _: &mut PgRow<'_>) -> Result<()> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error::InvalidQuery("enough".into())),
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// The server's process behind a connection.
pub(crate) async fn process(connection: &mut PgConnection) -> i32 {
    one(connection, "SELECT pg_backend_pid()", vec![]).await.expect("pid")
}

/// Whether the server sees a connection as idle, outside a transaction: 1 or 0.
pub(crate) async fn is_idle(connection: &mut PgConnection, observer: &mut PgConnection) -> i64 {
    let pid = process(connection).await;
    let text = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND state = 'idle'");
    // The reply is sent before the state is set.
    for _ in 0..20 {
        if one::<i64>(observer, &text, vec![]).await.expect("observe") == 1 {
            return 1;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    0
}

/// Waits until a query over another connection gives `expected`.
pub(crate) async fn eventually(
    observer: &mut PgConnection,
    text: &str,
    expected: i64,
    within: Duration,
) -> Duration {
    let start = Instant::now();
    loop {
        let seen: i64 = one(observer, text, vec![]).await.expect("observe");
        if seen == expected {
            return start.elapsed();
        }
        assert!(start.elapsed() < within, "{text}: {seen} instead of {expected} after {within:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An error in every form that may end in a log.
pub(crate) fn shown(error: &Error) -> String {
    let mut text = String::new();
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        let _ = write!(text, "{error} {error:?} ");
        source = error.source();
    }
    text
}
