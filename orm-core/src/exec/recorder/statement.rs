//! One recorded statement.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::backend::Observed;
use crate::compile::{Dialect, Operation, Read};
use crate::error::{DatabaseErrorKind, Error};
use crate::exec::log::On;
use crate::value::Value;

/// A statement that ran while a recorder was around. Its values are there only where
/// [`Recorder::with_values`](super::Recorder::with_values) asked for them, and are not part of what is shown or
/// serialized.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedStatement {
    /// The database's kind.
    pub dialect: Dialect,
    /// What sort of statement it is.
    pub kind: StatementKind,
    /// What it was made for: the model, the terminal method, its place in the program, the relation that it follows.
    pub operation: Operation,
    /// Of which model it read rows, and by what.
    pub read: Option<Read>,
    /// Its text with placeholders.
    pub sql: Arc<str>,
    /// When it began.
    pub begun: Instant,
    /// How many rows it gave, inserted, deleted or matched; of a stream, how many have been read so far.
    pub rows: Option<u64>,
    /// How long it took, with the wait for a connection; of a stream, without the time between its rows.
    pub duration: Duration,
    /// Whether it ended, well or not; a stream has when it is open. Otherwise its future was dropped, or runs still.
    pub finished: bool,
    /// What went wrong, if anything did.
    pub failure: Option<Failure>,
    pub(super) observed: Observed,
    pub(super) values: Values,
}

/// Never shown.
#[derive(Clone)]
pub(super) struct Values(Option<Arc<[Value]>>);

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(values) => write!(f, "{} not shown", values.len()),
            None => f.write_str("not kept"),
        }
    }
}

/// What sort of statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// Only reads.
    Read,
    /// May write.
    Write,
    /// Defines tables and the like, possibly several statements at once.
    Schema,
    /// Begins or ends a transaction or a savepoint: not a query.
    Transaction,
}

impl StatementKind {
    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            StatementKind::Read => "read",
            StatementKind::Write => "write",
            StatementKind::Schema => "schema",
            StatementKind::Transaction => "transaction",
        }
    }
}

/// What went wrong with a statement; without its text, which may quote values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The database refused it or failed.
    Database(DatabaseErrorKind),
    /// There was no connection to run it on.
    NoConnection,
    /// A value could not be bound or read.
    Value,
    /// What came back is not what was asked for, such as two rows for one.
    Answer,
    /// The transaction around it was broken, or used in a way that it cannot be.
    Transaction,
}

impl Failure {
    /// A word for it that never changes: `error.type` in spans and events.
    pub fn type_name(self) -> &'static str {
        match self {
            Failure::Database(kind) => kind.type_name(),
            Failure::NoConnection => "no_connection",
            Failure::Value => "value",
            Failure::Answer => "answer",
            Failure::Transaction => "transaction",
        }
    }

    pub(in crate::exec) fn of(error: &Error) -> Self {
        match error {
            Error::Database(error) | Error::CommitOutcomeUnknown(error) => Failure::Database(error.kind()),
            Error::Pool(_) => Failure::NoConnection,
            Error::Value(_) | Error::Validation(_) => Failure::Value,
            Error::DoesNotExist { .. }
            | Error::MultipleObjectsReturned { .. }
            | Error::TooManyRows { .. }
            | Error::Unsupported { .. }
            | Error::InvalidQuery(_)
            | Error::MissingColumn { .. }
            | Error::UnknownName(_)
            | Error::UnfitLookup(_)
            | Error::NoSuchPage { .. }
            | Error::InvalidCursor(_)
            | Error::ExpressionTooDeep { .. }
            | Error::Config(_)
            | Error::StaleObject(_)
            | Error::Fixture(_)
            | Error::Protected(_) => Failure::Answer,
            Error::TransactionBroken(_)
            | Error::OnCommit(_)
            | Error::InvalidTransaction(_)
            | Error::Hook(_)
            | Error::HooksTooDeep { .. } => Failure::Transaction,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failure::Database(kind) => kind.describe(),
            Failure::NoConnection => "no connection",
            Failure::Value => "a value that does not fit",
            Failure::Answer => "another answer than was asked for",
            Failure::Transaction => "a broken transaction",
        })
    }
}

impl RecordedStatement {
    pub(super) fn new(
        on: On<'_>,
        kind: StatementKind,
        operation: Operation,
        read: Option<Read>,
        sql: Arc<str>,
        values: Option<Arc<[Value]>>,
    ) -> Self {
        RecordedStatement {
            dialect: on.dialect,
            kind,
            operation,
            read,
            sql,
            begun: Instant::now(),
            rows: None,
            duration: Duration::ZERO,
            finished: false,
            failure: None,
            observed: on.observed.clone(),
            values: Values(values),
        }
    }

    /// The name of its database, or its file, where the backend says.
    pub fn namespace(&self) -> Option<&str> {
        self.observed.namespace()
    }

    /// What its placeholders stood for, where the recorder keeps it.
    pub fn values(&self) -> Option<&[Value]> {
        self.values.0.as_deref()
    }

    /// Whether it counts as a query: it is more than the frame of a transaction, and there was a connection to run it on.
    pub fn is_query(&self) -> bool {
        self.kind != StatementKind::Transaction && self.failure != Some(Failure::NoConnection)
    }

    pub(super) fn ends(&mut self, result: Result<Option<u64>, &Error>, elapsed: Duration) {
        self.finished = true;
        self.duration += elapsed;
        match result {
            Ok(rows) => self.rows = rows,
            Err(error) => self.failure = Some(Failure::of(error)),
        }
    }

    pub(super) fn adds(&mut self, result: Result<u64, &Error>, elapsed: Duration) {
        self.duration += elapsed;
        match result {
            Ok(rows) => self.rows = Some(self.rows.unwrap_or(0) + rows),
            Err(error) => self.failure = Some(Failure::of(error)),
        }
    }
}
