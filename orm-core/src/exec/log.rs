//! Who is told of each statement: `tracing`, and the recorders around the task. Never its values.

use std::any::Any;
use std::time::Instant;

use super::recorder::{self, Noted, StatementKind};
use crate::backend::{Backend, BoxSink, Executed, RowSink};
use crate::compile::{Access, CompiledSql, Dialect, Operation, Read};
use crate::error::{Error, Result};

/// The target of statement events, for filters.
const TARGET: &str = "orm::sql";

/// A statement that is running, if anybody listens; otherwise nothing, for the cost of two comparisons.
///
/// It stands beside the call and does not wrap its future: a future in an argument is stored twice.
pub(crate) struct Statement(Option<Box<Running>>);

struct Running {
    dialect: Dialect,
    operation: Operation,
    /// The text, where `tracing` wants it.
    logged: Option<String>,
    noted: Vec<Noted>,
    start: Instant,
}

impl Statement {
    /// Notes a statement that is about to run.
    #[inline]
    pub(crate) fn starts(dialect: Dialect, sql: &CompiledSql) -> Self {
        if !is_heard() {
            return Statement(None);
        }
        let kind = match sql.access {
            Access::Read => StatementKind::Read,
            Access::Write => StatementKind::Write,
        };
        Statement::running(dialect, kind, sql.operation, sql.read, &sql.sql)
    }

    /// Notes a statement that defines tables, or several that are sent at once.
    pub(crate) fn defines(dialect: Dialect, operation: Operation, sql: &str) -> Self {
        if !is_heard() {
            return Statement(None);
        }
        Statement::running(dialect, StatementKind::Schema, operation, None, sql)
    }

    /// Notes that a transaction or a savepoint begins or ends; `words` is what it is called in SQL.
    pub(crate) fn controls(dialect: Dialect, operation: Operation, words: &str) -> Self {
        if !is_heard() {
            return Statement(None);
        }
        Statement::running(dialect, StatementKind::Transaction, operation, None, words)
    }

    #[cold]
    fn running(
        dialect: Dialect,
        kind: StatementKind,
        operation: Operation,
        read: Option<Read>,
        sql: &str,
    ) -> Self {
        let logged = is_logged().then(|| sql.to_owned());
        let noted = recorder::note(dialect, kind, operation, read, sql);
        Statement(Some(Box::new(Running { dialect, operation, logged, noted, start: Instant::now() })))
    }

    /// Tells what came of a statement that gives no rows.
    #[inline]
    pub(crate) fn ends<T: Outcome>(self, result: Result<T>) -> Result<T> {
        if let Some(mut running) = self.0 {
            running.tell(result.as_ref().map(Outcome::rows));
        }
        result
    }

    /// The sink for the statement's rows, which counts them if anybody listens.
    #[inline]
    pub(crate) fn counts<B: Backend>(&self, sink: BoxSink<B>) -> BoxSink<B> {
        if self.0.is_some() { Box::new(Counting { sink, rows: 0 }) } else { sink }
    }

    /// Tells what came of a statement whose rows went into what [`counts`](Statement::counts) gave.
    #[inline]
    pub(crate) fn ends_with<B: Backend>(self, result: Result<BoxSink<B>>) -> Result<BoxSink<B>> {
        let Some(mut running) = self.0 else { return result };
        let counted = result.and_then(counted);
        running.tell(counted.as_ref().map(|(_, rows)| Some(*rows)));
        Ok(counted?.0)
    }

    /// Tells that a cursor is open or not; its rows are told of by [`adds`](Statement::adds).
    #[inline]
    pub(crate) fn opens<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Some(running) = &mut self.0 {
            running.tell(result.as_ref().map(|_| None));
        }
        result
    }

    /// Notes that more rows of a cursor are asked for.
    #[inline]
    pub(crate) fn resumes(&mut self) {
        if let Some(running) = &mut self.0 {
            running.start = Instant::now();
        }
    }

    /// Tells how many rows came, or what went wrong.
    #[inline]
    pub(crate) fn adds<T>(&self, result: Result<T>, rows: impl FnOnce(&T) -> usize) -> Result<T> {
        if let Some(running) = &self.0 {
            let elapsed = running.start.elapsed();
            let rows = result.as_ref().map(|fetched| rows(fetched) as u64);
            for noted in &running.noted {
                noted.adds(rows, elapsed);
            }
        }
        result
    }
}

/// Whether anybody listens.
#[inline]
fn is_heard() -> bool {
    is_logged() || recorder::is_recording()
}

#[inline]
fn is_logged() -> bool {
    tracing::enabled!(target: TARGET, tracing::Level::DEBUG)
}

/// What a statement's end says about rows.
pub(crate) trait Outcome {
    /// How many it wrote, where that is known.
    fn rows(&self) -> Option<u64>;
}

impl Outcome for Executed {
    fn rows(&self) -> Option<u64> {
        Some(self.rows_affected)
    }
}

impl Outcome for bool {
    fn rows(&self) -> Option<u64> {
        None
    }
}

impl Outcome for () {
    fn rows(&self) -> Option<u64> {
        None
    }
}

impl Running {
    #[cold]
    fn tell(&mut self, result: Result<Option<u64>, &Error>) {
        let elapsed = self.start.elapsed();
        for noted in &self.noted {
            noted.ends(result, elapsed);
        }
        let Some(sql) = self.logged.take() else { return };
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        match result {
            Ok(rows) => tracing::debug!(
                target: TARGET,
                database = self.dialect.name(),
                operation = %self.operation,
                sql,
                rows,
                duration_us = micros,
                "statement"
            ),
            Err(error) => tracing::debug!(
                target: TARGET,
                database = self.dialect.name(),
                operation = %self.operation,
                sql,
                duration_us = micros,
                error = %error,
                "statement failed"
            ),
        }
    }
}

/// Counts rows on their way into a sink.
struct Counting<B: Backend> {
    sink: BoxSink<B>,
    rows: u64,
}

impl<B: Backend> RowSink<B> for Counting<B> {
    fn push(&mut self, row: &mut B::Row<'_>) -> Result<()> {
        self.rows += 1;
        self.sink.push(row)
    }

    fn rewind(&mut self) -> bool {
        let rewound = self.sink.rewind();
        if rewound {
            self.rows = 0;
        }
        rewound
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

fn counted<B: Backend>(sink: BoxSink<B>) -> Result<(BoxSink<B>, u64)> {
    match sink.into_any().downcast::<Counting<B>>() {
        Ok(counting) => Ok((counting.sink, counting.rows)),
        Err(_) => Err(Error::InvalidQuery("the driver gave back another sink than it was given".into())),
    }
}
