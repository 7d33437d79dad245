//! The front door: a statement goes to the executor, rows come back as values.

use super::log::{logged, text_for_log};
use crate::backend::{Decode, Executed, Executor, collect, into_collected};
use crate::compile::CompiledSql;
use crate::error::Result;

/// Runs a query; each row becomes what `decode` makes of it, where the driver has it.
pub(crate) async fn fetch<E: Executor, D: Decode>(
    db: &E,
    sql: CompiledSql,
    decode: D,
) -> Result<Vec<D::Out>> {
    let (dialect, operation) = (db.dialect(), sql.operation);
    let text = text_for_log(&sql.sql);
    let sink = logged(dialect, operation, text, db.query(sql, collect::<E::Backend, D>(decode))).await?;
    Ok(into_collected::<E::Backend, D>(sink)?.1)
}

/// Runs a statement without rows.
pub(crate) async fn execute<E: Executor>(db: &E, sql: CompiledSql) -> Result<Executed> {
    let (dialect, operation) = (db.dialect(), sql.operation);
    let text = text_for_log(&sql.sql);
    logged(dialect, operation, text, db.execute(sql)).await
}
