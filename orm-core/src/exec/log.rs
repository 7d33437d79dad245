//! One event for each statement: what it was for, its text, how long it took. Never its values.

use std::future::Future;
use std::time::Instant;

use crate::compile::{Dialect, Operation};
use crate::error::Result;

/// The target of statement events, for filters.
pub(crate) const TARGET: &str = "orm::sql";

/// The statement's text if anybody listens: a copy, because the driver takes the statement itself.
pub(crate) fn text_for_log(sql: &str) -> Option<String> {
    tracing::enabled!(target: TARGET, tracing::Level::DEBUG).then(|| sql.to_owned())
}

/// Runs a statement and tells `tracing` about it, if [`text_for_log`] gave its text.
pub(crate) async fn logged<T>(
    dialect: Dialect,
    operation: Operation,
    sql: Option<String>,
    run: impl Future<Output = Result<T>>,
) -> Result<T> {
    let Some(sql) = sql else { return run.await };
    let start = Instant::now();
    let result = run.await;
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    match &result {
        Ok(_) => tracing::debug!(
            target: TARGET,
            database = dialect.name(),
            operation = %operation,
            sql,
            duration_us = micros,
            "statement"
        ),
        Err(error) => tracing::debug!(
            target: TARGET,
            database = dialect.name(),
            operation = %operation,
            sql,
            duration_us = micros,
            error = %error,
            "statement failed"
        ),
    }
    result
}
