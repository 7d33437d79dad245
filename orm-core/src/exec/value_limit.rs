//! The longest value that is sent.

use crate::backend::Executor;
use crate::compile::CompiledSql;
use crate::error::{DatabaseError, DatabaseErrorKind, Result};
use crate::value::{Series, Value};

/// Refuses a statement with a text, a document or bytes beyond the limit of the database's options, before anything is sent.
pub(super) fn check_lengths<E: Executor>(db: &E, sql: &CompiledSql) -> Result<()> {
    let Some(most) = db.observed().max_value_bytes() else { return Ok(()) };
    let params = sql.params.iter().map(longest_of).max().unwrap_or(0);
    let rows =
        sql.rows.as_deref().map_or(0, |rows| rows.series().iter().map(Series::longest).max().unwrap_or(0));
    let longest = params.max(rows) as u64;
    if longest <= most {
        return Ok(());
    }
    let message = format!("a value of {longest} bytes; `max_value_bytes` is {most}");
    Err(DatabaseError::new(DatabaseErrorKind::TooLarge, message).with_sql(&sql.sql).into())
}

#[inline]
fn longest_of(value: &Value) -> usize {
    match value {
        Value::Array(array) => array.longest(),
        value => value.length(),
    }
}
