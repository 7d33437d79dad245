//! Servers given by `ORM_TEST_…_URL`: a database of each test's own on them.

use std::pin::Pin;

use orm::backend::{Backend, Executor};
use orm::{Database, Dialect, Result};

use super::{AsyncCleanUp, Fresh, Killable, TestDatabase, unique_name};

pub struct Postgres;
pub struct MySql;

#[cfg(feature = "postgres")]
impl TestDatabase for Postgres {
    type Backend = orm::postgres::Postgres;

    async fn fresh() -> Option<Fresh<Self::Backend>> {
        fresh("ORM_TEST_POSTGRES_URL", '"', async |url: String| orm::postgres::connect(&url).await).await
    }

    fn server() -> Option<String> {
        server("ORM_TEST_POSTGRES_URL")
    }

    async fn reach(url: &str) -> Result<Database<Self::Backend>> {
        orm::postgres::connect(url).await
    }

    fn killable() -> Option<Killable> {
        Killable::of("ORM_TEST_POSTGRES_KILLABLE")
    }
}

#[cfg(feature = "mysql")]
impl TestDatabase for MySql {
    type Backend = orm::mysql::MySql;

    async fn fresh() -> Option<Fresh<Self::Backend>> {
        fresh(mysql_or_mariadb().0, '`', async |url: String| orm::mysql::connect(&url).await).await
    }

    fn server() -> Option<String> {
        server(mysql_or_mariadb().0)
    }

    async fn reach(url: &str) -> Result<Database<Self::Backend>> {
        orm::mysql::connect(url).await
    }

    fn killable() -> Option<Killable> {
        Killable::of(mysql_or_mariadb().1)
    }
}

/// The variables of the server that this run is about.
fn mysql_or_mariadb() -> (&'static str, &'static str) {
    if std::env::var_os("ORM_TEST_MYSQL_URL").is_none() && std::env::var_os("ORM_TEST_MARIADB_URL").is_some()
    {
        ("ORM_TEST_MARIADB_URL", "ORM_TEST_MARIADB_KILLABLE")
    } else {
        ("ORM_TEST_MYSQL_URL", "ORM_TEST_MYSQL_KILLABLE")
    }
}

fn server(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        eprintln!("skipped: {variable} is not set (`cargo xtask test` starts servers)");
    }
    url
}

async fn fresh<B: Backend>(
    variable: &str,
    quote: char,
    connect: impl AsyncFn(String) -> Result<Database<B>>,
) -> Option<Fresh<B>> {
    let url = server(variable)?;
    let name = unique_name();
    let admin = connect(with_parameter(&url, "pool_size=1")).await.expect("the server answers");
    let create = format!("CREATE DATABASE {quote}{name}{quote}");
    // PostgreSQL from 15 on would write it to its log page by page, which takes twice as long.
    let copied = format!("{create} STRATEGY FILE_COPY");
    if admin.dialect() != Dialect::Postgres || admin.batch(&copied).await.is_err() {
        admin.batch(&create).await.expect("a database is created");
    }
    let url = with_database(&url, &name);
    let db = connect(with_parameter(&url, "pool_size=4")).await.expect("the new database answers");
    let sql = format!("DROP DATABASE {quote}{name}{quote}");
    Some(Fresh { db, url, drop: Box::new(DropDatabase { admin, sql }) })
}

fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let (server, _) = base.rsplit_once('/').expect("a URL with a database");
    match query {
        Some(query) => format!("{server}/{name}?{query}"),
        None => format!("{server}/{name}"),
    }
}

/// The URL with one parameter more.
pub fn with_parameter(url: &str, parameter: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{parameter}")
}

struct DropDatabase<B: Backend> {
    admin: Database<B>,
    sql: String,
}

impl<B: Backend> AsyncCleanUp for DropDatabase<B> {
    fn run<'a>(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + 'a>>
    where
        Self: 'a,
    {
        Box::pin(async move {
            // Best effort: a connection of the test may still be closing, and the name is this process's own.
            for _ in 0..20 {
                if self.admin.batch(&self.sql).await.is_ok() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            self.admin.close().await;
        })
    }
}
