//! The contestants on each database, with their table made and filled before and dropped at the end.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use orm::Database;
use orm::backend::Backend;
use tokio::runtime::{Builder, Runtime};

use crate::arguments::{Arguments, Target};
use crate::contestant::{Contestant, Orm};
use crate::fill::{drop_tables, fill};
use crate::{measure, report};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Measures all databases asked for, one after the other.
pub fn run(arguments: &Arguments) -> Outcome {
    let runtime = match arguments.threads {
        0 => Builder::new_current_thread().enable_all().build()?,
        threads => Builder::new_multi_thread().worker_threads(threads).enable_all().build()?,
    };
    for db in &arguments.databases {
        match db {
            Target::Sqlite => sqlite(&runtime, arguments)?,
            Target::Postgres => postgres(&runtime, arguments)?,
            Target::MariaDb | Target::MySql => mysql(&runtime, arguments, *db)?,
        }
    }
    Ok(())
}

#[cfg(feature = "sqlite")]
fn sqlite(runtime: &Runtime, arguments: &Arguments) -> Outcome {
    let directory = tempfile::tempdir()?;
    // A file each: otherwise every turn would begin by throwing away the pages that the other's writes have changed.
    let (own, twin) = (directory.path().join("orm.db"), directory.path().join("raw.db"));
    let connect =
        |path: &Path| runtime.block_on(orm::sqlite::connect_with(orm::sqlite::SqliteOptions::file(path)));
    runtime.block_on(fill(&connect(&twin)?))?;
    compare(
        runtime,
        arguments,
        Target::Sqlite,
        || crate::raw::sqlite::RawSqlite::open(&twin),
        || connect(&own),
    )
}

#[cfg(feature = "postgres")]
fn postgres(runtime: &Runtime, arguments: &Arguments) -> Outcome {
    let url = url(Target::Postgres)?;
    compare(
        runtime,
        arguments,
        Target::Postgres,
        || crate::raw::postgres::RawPostgres::new(&url),
        || runtime.block_on(orm::postgres::connect(&url)),
    )
}

#[cfg(feature = "mysql")]
fn mysql(runtime: &Runtime, arguments: &Arguments, db: Target) -> Outcome {
    let url = url(db)?;
    compare(
        runtime,
        arguments,
        db,
        || crate::raw::mysql::RawMySql::new(&url),
        || runtime.block_on(orm::mysql::connect(&url)),
    )
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &Runtime, _: &Arguments) -> Outcome {
    Err("built without the feature `sqlite`".into())
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &Runtime, _: &Arguments) -> Outcome {
    Err("built without the feature `postgres`".into())
}

#[cfg(not(feature = "mysql"))]
fn mysql(_: &Runtime, _: &Arguments, _: Target) -> Outcome {
    Err("built without the feature `mysql`".into())
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
fn url(db: Target) -> Outcome<String> {
    let variable = db.url_variable().ok_or("it has no server")?;
    std::env::var(variable).map_err(|error| format!("{variable}: {error}").into())
}

fn compare<R: Contestant, B: Backend>(
    runtime: &Runtime,
    arguments: &Arguments,
    db: Target,
    open_raw: impl Fn() -> Outcome<R>,
    open_orm: impl Fn() -> orm::Result<Database<B>>,
) -> Outcome {
    let database = open_orm()?;
    runtime.block_on(fill(&database))?;
    let open = || Outcome::Ok((Arc::new(open_raw()?), Arc::new(Orm(open_orm()?))));
    report::head(db, arguments.json);
    for workload in arguments.workloads() {
        let (raw, orm) = open()?;
        runtime.block_on(workload.check(&*raw, &*orm));
        drop((raw, orm));
        let comparison = measure::compare(runtime, workload, arguments, open)?;
        report::row(db, workload, &comparison, arguments.json);
    }
    runtime.block_on(async {
        drop_tables(&database).await?;
        database.close().await;
        Ok(())
    })
}
