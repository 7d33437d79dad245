//! Who is told of what runs: `tracing`, and the recorders around the task. Never its values.
//!
//! | target | what | level |
//! |---|---|---|
//! | `orm::span` | spans of statements, transactions, waits for a connection, connections being opened | DEBUG |
//! | `orm::sql` | an event at the end of each statement | DEBUG |
//! | `orm::transaction` | an event at the end of each transaction; one that is open for long | DEBUG; WARN |
//! | `orm::slow` | a statement that took long | WARN |
//! | `orm::rows` | a list that got many rows | WARN |
//! | `orm::pool` | connections opened and closed; a caller who got none in time | DEBUG; WARN |
//! | `orm::metrics` | measurements, named as `tracing-opentelemetry` wants them | TRACE |
//!
//! Attributes have the names of OpenTelemetry's conventions for databases.

mod block;
mod name;
mod pool;
mod running;
mod watch;

pub(super) use block::{OpenBlock, Outcome as BlockOutcome};
pub(super) use pool::{ClosedBecause, PoolLog, closed, gauges};
pub(super) use watch::Watch;

use std::any::Any;
use std::future::{Future, poll_fn};
use std::pin::Pin;

use tracing::level_filters::LevelFilter;

use super::recorder::{self, StatementKind};
use crate::backend::{Backend, BoxSink, Executed, Executor, Observed, RowSink};
use crate::compile::{Access, CompiledSql, Dialect, Operation, Read};
use crate::error::{Error, Result};
use crate::value::Value;
use running::{Running, Wanted};

/// A statement that is running, if anybody listens; otherwise nothing, for the cost of two comparisons.
///
/// It stands beside the call and does not wrap its future: a future in an argument is stored twice.
pub(crate) struct Statement(Option<Box<Running>>);

/// On which database something runs.
#[derive(Clone, Copy)]
pub(crate) struct On<'a> {
    pub(super) dialect: Dialect,
    pub(super) observed: &'a Observed,
}

impl<'a> On<'a> {
    pub(crate) fn of(db: &'a impl Executor) -> Self {
        On { dialect: db.dialect(), observed: db.observed() }
    }
}

/// What a statement is, for those who are told of it.
struct Told<'a> {
    kind: StatementKind,
    operation: Operation,
    read: Option<Read>,
    sql: &'a str,
    values: &'a [Value],
}

impl Statement {
    /// Notes a statement that is about to run.
    #[inline]
    pub(crate) fn starts(db: &impl Executor, sql: &CompiledSql) -> Self {
        if !is_heard() {
            return Statement(None);
        }
        let kind = match sql.access {
            Access::Read => StatementKind::Read,
            Access::Write => StatementKind::Write,
        };
        // Those of the first run: they are the statement's as it stands there.
        let told = |values| Told { kind, operation: sql.operation, read: sql.read, sql: &sql.sql, values };
        if sql.rows.is_none() {
            return Statement::running(On::of(db), &told(&sql.params));
        }
        if !Wanted::of(db.observed()).is_any() && !recorder::is_recording() {
            return Statement(None);
        }
        let values = sql.params_of_runs().next().unwrap_or_default();
        Statement::running(On::of(db), &told(&values))
    }

    /// Notes a statement that defines tables, or several that are sent at once.
    pub(crate) fn defines(on: On<'_>, operation: Operation, sql: &str) -> Self {
        Statement::without_values(on, StatementKind::Schema, operation, sql)
    }

    /// Notes that a transaction or a savepoint begins or ends; `words` is what it is called in SQL.
    pub(crate) fn controls(on: On<'_>, operation: Operation, words: &str) -> Self {
        Statement::without_values(on, StatementKind::Transaction, operation, words)
    }

    fn without_values(on: On<'_>, kind: StatementKind, operation: Operation, sql: &str) -> Self {
        if !is_heard() {
            return Statement(None);
        }
        Statement::running(on, &Told { kind, operation, read: None, sql, values: &[] })
    }

    #[cold]
    fn running(on: On<'_>, told: &Told<'_>) -> Self {
        let wanted = Wanted::of(on.observed);
        let is_recording = recorder::is_recording();
        (wanted.is_any() || is_recording)
            .then(|| Box::new(Running::new(on, told, wanted)))
            .map_or(Statement(None), |running| Statement(Some(running)))
    }

    /// Polls what runs the statement within the statement's span.
    #[inline]
    pub(crate) fn around<F: Future>(&self, mut work: Pin<&mut F>) -> impl Future<Output = F::Output> {
        poll_fn(move |context| {
            let _within = self.0.as_ref().map(|running| running.span().enter());
            work.as_mut().poll(context)
        })
    }

    /// Tells what came of a statement that gives no rows.
    #[inline]
    pub(crate) fn ends<T: Outcome>(self, result: Result<T>) -> Result<T> {
        if let Some(mut running) = self.0 {
            running.ends(result.as_ref().map(Outcome::rows));
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
        running.ends(counted.as_ref().map(|(_, rows)| Some(*rows)));
        Ok(counted?.0)
    }

    /// Tells that a cursor is open or not; its rows are told of by [`adds`](Statement::adds).
    #[inline]
    pub(crate) fn opens<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Some(running) = &mut self.0 {
            running.opens(result.as_ref().map(drop));
        }
        result
    }

    /// Notes that more rows of a cursor are asked for.
    #[inline]
    pub(crate) fn resumes(&mut self) {
        if let Some(running) = &mut self.0 {
            running.resumes();
        }
    }

    /// Tells how many rows came, or what went wrong, and whether there may be more.
    #[inline]
    pub(crate) fn adds<T>(&mut self, result: Result<T>, rows: impl FnOnce(&T) -> (usize, bool)) -> Result<T> {
        if let Some(running) = &mut self.0 {
            let added = result.as_ref().map(|fetched| {
                let (rows, more) = rows(fetched);
                (rows as u64, more)
            });
            running.adds(added);
        }
        result
    }
}

/// Whether anybody may be listening.
#[inline]
fn is_heard() -> bool {
    LevelFilter::current() >= LevelFilter::WARN || recorder::is_recording()
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
