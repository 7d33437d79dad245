//! Servers given by `ORM_TEST_…_URL`: a database for each test on them.

use orm::backend::Backend;
use orm::{Database, Result};

use super::{Fresh, Killable, TestDatabase, databases};

pub struct Postgres;
pub struct MySql;

#[cfg(feature = "postgres")]
impl TestDatabase for Postgres {
    type Backend = orm::postgres::Postgres;

    async fn fresh() -> Option<Fresh<Self::Backend>> {
        fresh("ORM_TEST_POSTGRES_URL", async |url: String| orm::postgres::connect(&url).await).await
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
        fresh(mysql_or_mariadb().0, async |url: String| orm::mysql::connect(&url).await).await
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
    connect: impl AsyncFn(String) -> Result<Database<B>>,
) -> Option<Fresh<B>> {
    let url = server(variable)?;
    Some(databases::fresh(&url, connect).await)
}

/// The URL with one parameter more.
pub fn with_parameter(url: &str, parameter: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{parameter}")
}
