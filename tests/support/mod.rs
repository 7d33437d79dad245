//! What the suite needs to run on any database: a fresh one for each test.
#![allow(dead_code, unused_imports, reason = "each test binary uses the part for its own database")]

mod counting;
mod databases;
mod killable;
mod observer;
mod proxy;
mod servers;
mod sqlite;
mod statements;

pub use counting::Counting;
pub use killable::{Killable, kill};
pub use observer::{end_sessions, open_transactions, running, sessions, soon, until};
pub use proxy::{CANCEL, Disturb, Proxy};
pub use servers::{MySql, Postgres, with_parameter};
pub use sqlite::Sqlite;
pub use statements::{in_statements, statements};

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;

use futures_util::FutureExt;
use orm::backend::Backend;
use orm::model::ModelEntry;
use orm::{Database, Dialect};
use tokio::runtime::Builder;

/// The backend of the database under test.
pub type Tested = <crate::Backend as TestDatabase>::Backend;

/// The database under test.
pub type Db = Database<Tested>;

/// A kind of database that tests can run on.
pub trait TestDatabase {
    type Backend: orm::testing::TestBackend;

    /// A fresh, empty database with its clean-up, or `None` (said on stderr) where no server is given.
    fn fresh() -> impl Future<Output = Option<Fresh<Self::Backend>>>;

    /// The server on which databases are made, or `None` (said on stderr) where none is given.
    fn server() -> Option<String>;

    /// The database at a URL.
    fn connect(url: &str) -> impl Future<Output = Database<Self::Backend>> {
        async move { Self::reach(url).await.expect("the server answers") }
    }

    /// The database at a URL, if it can be reached.
    fn reach(url: &str) -> impl Future<Output = orm::Result<Database<Self::Backend>>>;

    /// A server that the test may kill, or `None` where there is none.
    fn killable() -> Option<Killable>;
}

/// A database of one test's own.
pub struct Fresh<B: Backend> {
    pub db: Database<B>,
    /// Where it is, for tests that connect in their own way.
    pub url: String,
    /// Removes it; runs also when the test has failed.
    pub drop: Box<dyn AsyncCleanUp>,
}

pub trait AsyncCleanUp {
    fn run<'a>(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + 'a>>
    where
        Self: 'a;
}

/// Runs a test on a fresh database with the models' tables.
pub fn run(models: &[ModelEntry], test: impl AsyncFnOnce(&Db)) {
    run_on(Builder::new_current_thread(), models, test);
}

/// Like [`run`], on several threads: for tests with concurrent tasks.
pub fn run_threaded(models: &[ModelEntry], test: impl AsyncFnOnce(&Db)) {
    run_on(Builder::new_multi_thread(), models, test);
}

/// Like [`run_threaded`], for tests that connect by URL in their own way; the database given is for what they need
/// besides.
pub fn run_by_url(test: impl AsyncFnOnce(&Db, &str)) {
    run_at(Builder::new_multi_thread(), &[], Box::new(test));
}

fn run_on(runtime: Builder, models: &[ModelEntry], test: impl AsyncFnOnce(&Db)) {
    run_at(runtime, models, Box::new(async |db: &Db, _: &str| test(db).await));
}

/// A test behind a pointer: what runs it is compiled once and not with each of hundreds.
trait Test {
    fn start<'t>(self: Box<Self>, db: &'t Db, url: &'t str) -> Pin<Box<dyn Future<Output = ()> + 't>>
    where
        Self: 't;
}

impl<T: AsyncFnOnce(&Db, &str)> Test for T {
    fn start<'t>(self: Box<Self>, db: &'t Db, url: &'t str) -> Pin<Box<dyn Future<Output = ()> + 't>>
    where
        Self: 't,
    {
        Box::pin(async move { self(db, url).await })
    }
}

fn run_at(mut runtime: Builder, models: &[ModelEntry], test: Box<dyn Test + '_>) {
    let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let Some(fresh) = crate::Backend::fresh().await else { return };
        fresh.db.create_tables(models).await.expect("tables are created");
        let result = AssertUnwindSafe(test.start(&fresh.db, &fresh.url)).catch_unwind().await;
        fresh.db.close().await;
        fresh.drop.run().await;
        if let Err(panic) = result {
            resume_unwind(panic);
        }
    });
}

/// How often something is tried: so many times, or the number of the whole campaign where `ORM_TEST_WHOLE` is set.
pub fn times(usually: usize, whole: usize) -> usize {
    if std::env::var_os("ORM_TEST_WHOLE").is_some() { whole } else { usually }
}

/// A name that no other test uses, here or in another process.
pub fn unique_name() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("orm_t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
