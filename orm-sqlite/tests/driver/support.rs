//! What all tests share: databases to throw away, statements, and a sink that collects.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use orm_core::backend::{Backend, BoxSink, Connection, Decode, Executed, collect, into_collected};
use orm_core::compile::{Access, CompiledSql, Operation};
use orm_core::error::Result;
use orm_core::value::{FieldType, Row, SqlType, Value};
use orm_sqlite::{Sqlite, SqliteConnection, SqliteOptions, connect, connect_with};

pub(crate) const OPERATION: Operation = Operation::new("", "test");

/// A directory of its own, removed at the end.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("orm-sqlite-{}-{}", std::process::id(), LAST.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a directory");
        Directory(path)
    }

    pub(crate) fn options(&self) -> SqliteOptions {
        SqliteOptions::file(self.file("test.db"))
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) async fn database(&self) -> Sqlite {
        connect_with(self.options()).await.expect("a database")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) async fn memory() -> Sqlite {
    connect("sqlite::memory:").await.expect("a database")
}

pub(crate) fn read(sql: &str, params: Vec<Value>) -> CompiledSql {
    CompiledSql::new(sql, params, Access::Read, OPERATION)
}

pub(crate) fn write(sql: &str, params: Vec<Value>) -> CompiledSql {
    CompiledSql::new(sql, params, Access::Write, OPERATION)
}

pub(crate) async fn writer(database: &Sqlite) -> SqliteConnection {
    database.acquire(Access::Write, OPERATION).await.expect("a writer")
}

pub(crate) async fn reader(database: &Sqlite) -> SqliteConnection {
    database.acquire(Access::Read, OPERATION).await.expect("a reader")
}

pub(crate) async fn execute(database: &Sqlite, sql: &str) -> Result<Executed> {
    database.acquire(Access::Write, OPERATION).await?.execute(write(sql, Vec::new())).await
}

pub(crate) async fn batch(database: &Sqlite, sql: &str) {
    writer(database).await.batch(sql).await.expect("a batch");
}

/// Decodes the first column.
pub(crate) struct First<T>(std::marker::PhantomData<fn() -> T>);

impl<T: SqlType> Decode for First<T> {
    type Out = T;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<T> {
        Ok(T::from_row(row, 0)?)
    }
}

pub(crate) fn sink<T: SqlType>() -> BoxSink<Sqlite> {
    collect::<Sqlite, _>(First::<T>(std::marker::PhantomData))
}

pub(crate) fn collected<T: SqlType>(sink: BoxSink<Sqlite>) -> Vec<T> {
    into_collected::<Sqlite, First<T>>(sink).expect("the same sink").1
}

/// The first column of all rows, on a connection of its own.
pub(crate) async fn all<T: SqlType>(database: &Sqlite, sql: CompiledSql) -> Result<Vec<T>> {
    all_on(&mut database.acquire(sql.access, OPERATION).await?, sql).await
}

pub(crate) async fn all_on<T: SqlType>(
    connection: &mut SqliteConnection,
    sql: CompiledSql,
) -> Result<Vec<T>> {
    Ok(collected(connection.query(sql, sink::<T>()).await?))
}

pub(crate) async fn one<T: FieldType>(database: &Sqlite, sql: &str) -> T {
    let mut rows = all::<T>(database, read(sql, Vec::new())).await.expect("rows");
    assert_eq!(rows.len(), 1, "{sql}");
    rows.remove(0)
}
