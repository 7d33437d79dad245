//! One recorded statement.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::compile::{Dialect, Operation, Read};
use crate::error::{DatabaseErrorKind, Error};

/// A statement that ran while a recorder was around: never its values.
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
    /// How many rows it gave, inserted, deleted or matched; of a stream, how many have been read so far.
    pub rows: Option<u64>,
    /// How long it took, with the wait for a connection; of a stream, without the time between its rows.
    pub duration: Duration,
    /// Whether it ended, well or not; a stream has when it is open. Otherwise its future was dropped, or runs still.
    pub finished: bool,
    /// What went wrong, if anything did.
    pub failure: Option<Failure>,
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
    fn of(error: &Error) -> Self {
        match error {
            Error::Database(error) | Error::CommitOutcomeUnknown(error) => Failure::Database(error.kind()),
            Error::Pool(_) => Failure::NoConnection,
            Error::Value(_) => Failure::Value,
            Error::DoesNotExist { .. }
            | Error::MultipleObjectsReturned { .. }
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
        dialect: Dialect,
        kind: StatementKind,
        operation: Operation,
        read: Option<Read>,
        sql: Arc<str>,
    ) -> Self {
        RecordedStatement {
            dialect,
            kind,
            operation,
            read,
            sql,
            rows: None,
            duration: Duration::ZERO,
            finished: false,
            failure: None,
        }
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
