//! Servers, a database of the test's own, and short ways to run statements.

use orm_core::Result;
use orm_core::backend::{Backend, Connection, Decode, Executed, collect, into_collected};
use orm_core::compile::{Access, CompiledSql, Operation};
use orm_core::value::{Row, SqlType, Value};
use orm_mysql::{MySql, MySqlConnection};

pub fn sql(text: &str, params: Vec<Value>) -> CompiledSql {
    CompiledSql::new(text, params, Access::Write, operation())
}

pub fn operation() -> Operation {
    Operation::new("Test", "run")
}

/// One column of each row.
#[derive(Clone)]
pub struct Column<T>(pub std::marker::PhantomData<fn() -> T>);

impl<T: SqlType> Decode for Column<T> {
    type Out = T;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<T> {
        Ok(T::from_row(row, 0)?)
    }
}

pub async fn column<T: SqlType>(
    connection: &mut MySqlConnection,
    text: &str,
    params: Vec<Value>,
) -> Result<Vec<T>> {
    let decode: Column<T> = Column(std::marker::PhantomData);
    let sink = connection.query(sql(text, params), collect::<MySql, _>(decode)).await?;
    Ok(into_collected::<MySql, Column<T>>(sink)?.1)
}

pub async fn execute(connection: &mut MySqlConnection, text: &str, params: Vec<Value>) -> Result<Executed> {
    connection.execute(sql(text, params)).await
}

pub async fn acquire(db: &MySql) -> MySqlConnection {
    db.acquire(Access::Write, operation()).await.unwrap()
}
