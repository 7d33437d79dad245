//! One event for each statement: what it was for, its text, how long it took. Never its values.

use std::time::Instant;

use crate::compile::{Dialect, Operation};
use crate::error::Result;

/// The target of statement events, for filters.
const TARGET: &str = "orm::sql";

/// A statement that is running, if anybody listens; otherwise nothing, for the cost of one comparison.
///
/// It stands beside the call and does not wrap its future: a future in an argument is stored twice.
pub(crate) struct Statement(Option<Box<Running>>);

struct Running {
    dialect: Dialect,
    operation: Operation,
    sql: String,
    start: Instant,
}

impl Statement {
    /// Notes a statement that is about to run.
    #[inline]
    pub(crate) fn starts(dialect: Dialect, operation: Operation, sql: &str) -> Self {
        if !tracing::enabled!(target: TARGET, tracing::Level::DEBUG) {
            return Statement(None);
        }
        Statement(Some(Box::new(Running { dialect, operation, sql: sql.to_owned(), start: Instant::now() })))
    }

    /// Tells `tracing` what came of it.
    #[inline]
    pub(crate) fn ends<T>(self, result: Result<T>) -> Result<T> {
        if let Some(running) = self.0 {
            running.tell(result.as_ref().err());
        }
        result
    }
}

impl Running {
    fn tell(self, error: Option<&crate::Error>) {
        let Running { dialect, operation, sql, start } = self;
        let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        match error {
            None => tracing::debug!(
                target: TARGET,
                database = dialect.name(),
                operation = %operation,
                sql,
                duration_us = micros,
                "statement"
            ),
            Some(error) => tracing::debug!(
                target: TARGET,
                database = dialect.name(),
                operation = %operation,
                sql,
                duration_us = micros,
                error = %error,
                "statement failed"
            ),
        }
    }
}
