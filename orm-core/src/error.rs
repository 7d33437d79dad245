//! What can go wrong: one `Error`, whose kinds are the same on every database.

mod database;
mod fixture;
mod hook;
mod name;
mod pool;
mod protected;
mod stale;
mod transaction;
mod validation;
mod value;

pub use database::{DatabaseError, DatabaseErrorKind, DriverError};
pub use fixture::FixtureError;
pub use hook::HookError;
pub use name::{LookupError, NameError};
pub use pool::{Holder, PoolError};
pub use protected::{BlockingRows, ProtectedError};
pub use stale::StaleObject;
pub use transaction::OnCommitError;
pub use validation::{ValidationError, ValidationErrors, Words};
pub use value::{FieldError, ValueError};

use std::borrow::Cow;
use std::fmt;

/// The result of everything in `orm` that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that `orm` reports.
///
/// Neither `Display` nor `Debug` shows a bound value, a password or a row's content; what a server wrote about
/// values is behind [`DatabaseError::detail`].
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// `get` found no row.
    DoesNotExist {
        /// The model that was asked for.
        model: &'static str,
    },
    /// `get` found more than one row.
    MultipleObjectsReturned {
        /// The model that was asked for.
        model: &'static str,
    },
    /// A query found more rows than [`PoolOptions::max_rows`](crate::backend::PoolOptions::max_rows) lets into a list: read them
    /// by `stream`, in pages, or fewer of them.
    TooManyRows {
        /// The model that was asked for.
        model: &'static str,
        /// The most rows allowed.
        limit: u64,
    },
    /// The database refused or failed; match on [`DatabaseError::kind`].
    Database(Box<DatabaseError>),
    /// A value does not fit its field, or a column's content does not fit the field's type.
    Value(Box<FieldError>),
    /// Values are not what the model says they are; all that is wrong is said at once.
    Validation(Box<ValidationErrors>),
    /// Rows were not deleted, because others still need them.
    Protected(Box<ProtectedError>),
    /// Rows were not written, because somebody else has changed them since they were read.
    StaleObject(Box<StaleObject>),
    /// No connection could be had.
    Pool(Box<PoolError>),
    /// The database cannot do this with the same meaning; said before any SQL is sent.
    Unsupported {
        /// What was asked for.
        feature: Cow<'static, str>,
        /// The database that lacks it.
        backend: &'static str,
    },
    /// The query contradicts itself (such as `last` on a random order).
    InvalidQuery(Cow<'static, str>),
    /// The user's own SQL gives no column for a field of what its rows are to become.
    MissingColumn {
        /// The model, or what else is built from columns by their names.
        model: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A name that was chosen at run time names nothing.
    UnknownName(Box<NameError>),
    /// A lookup that was chosen at run time cannot be used on the field.
    UnfitLookup(Box<LookupError>),
    /// A page that does not exist was asked for.
    NoSuchPage {
        /// The number asked for.
        number: u64,
        /// How many pages there are.
        pages: u64,
    },
    /// The text of a cursor is damaged, or belongs to another query or order.
    InvalidCursor(&'static str),
    /// Conditions are nested deeper than any database accepts.
    ExpressionTooDeep {
        /// The deepest nesting allowed.
        limit: usize,
    },
    /// A URL or an option cannot be used; secrets in it are not repeated.
    Config(Cow<'static, str>),
    /// An earlier statement of this block failed, with the error within. Until the block is rolled back nothing runs in
    /// it, on any database; its end is a rollback.
    TransactionBroken(Box<Error>),
    /// COMMIT was sent and no answer came: the rows may be there or not. Only looking tells.
    CommitOutcomeUnknown(Box<DatabaseError>),
    /// The transaction **is committed**, but what was to run after the commit failed.
    OnCommit(OnCommitError),
    /// A fixture was not loaded.
    Fixture(FixtureError),
    /// A transaction is used in a way that it cannot be.
    InvalidTransaction(Cow<'static, str>),
    /// A hook stopped the write with an error of its own; see [`Error::hook`].
    Hook(HookError),
    /// Hooks write rows whose hooks write rows, and so on without end.
    HooksTooDeep {
        /// The model whose hooks would have been next.
        model: &'static str,
        /// How many hooks may run within each other.
        limit: u32,
    },
}

impl Error {
    /// The database's error, if this is one.
    pub fn as_database(&self) -> Option<&DatabaseError> {
        match self {
            Error::Database(error) | Error::CommitOutcomeUnknown(error) => Some(error),
            _ => None,
        }
    }

    /// What validation found, if this is that.
    pub fn as_validation(&self) -> Option<&ValidationErrors> {
        match self {
            Error::Validation(errors) => Some(errors),
            _ => None,
        }
    }

    /// The normalised kind, if the database reported this error.
    pub fn kind(&self) -> Option<DatabaseErrorKind> {
        self.as_database().map(DatabaseError::kind)
    }

    /// True for a duplicate in a unique column, constraint or primary key.
    pub fn is_unique_violation(&self) -> bool {
        self.kind() == Some(DatabaseErrorKind::UniqueViolation)
    }

    /// True for a row that is missing on the other side of a foreign key, or still needed by it.
    pub fn is_foreign_key_violation(&self) -> bool {
        self.kind() == Some(DatabaseErrorKind::ForeignKeyViolation)
    }

    /// True when running the whole transaction again may succeed: deadlock, serialization failure, busy, lock time-out, a
    /// row that somebody else has changed since the transaction read it.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::TransactionBroken(cause) => cause.is_retryable(),
            Error::StaleObject(_) => true,
            error => error.kind().is_some_and(DatabaseErrorKind::is_retryable),
        }
    }

    /// True when the connection is gone; what the statement did is then unknown unless it only read.
    pub fn is_connection_lost(&self) -> bool {
        self.kind() == Some(DatabaseErrorKind::ConnectionLost)
    }

    /// True for [`Error::DoesNotExist`].
    pub fn is_does_not_exist(&self) -> bool {
        matches!(self, Error::DoesNotExist { .. })
    }

    /// True for [`Error::StaleObject`]: read the row again, and decide anew.
    pub fn is_stale_object(&self) -> bool {
        matches!(self, Error::StaleObject(_))
    }

    /// An [`Error::Unsupported`].
    pub fn unsupported(feature: impl Into<Cow<'static, str>>, backend: &'static str) -> Self {
        Error::Unsupported { feature: feature.into(), backend }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::DoesNotExist { model } => write!(f, "no `{model}` matches the query"),
            Error::MultipleObjectsReturned { model } => {
                write!(f, "more than one `{model}` matches the query")
            }
            Error::TooManyRows { model, limit } => {
                write!(
                    f,
                    "more than {limit} rows of `{model}` match the query, which is the limit for a list; stream them, or limit the query"
                )
            }
            Error::Database(error) => error.fmt(f),
            Error::Value(error) => error.fmt(f),
            Error::Validation(error) => error.fmt(f),
            Error::Protected(error) => error.fmt(f),
            Error::StaleObject(error) => error.fmt(f),
            Error::Pool(error) => error.fmt(f),
            Error::Unsupported { feature, backend } => write!(f, "{backend} does not support {feature}"),
            Error::InvalidQuery(what) => write!(f, "invalid query: {what}"),
            Error::MissingColumn { model, column } => {
                write!(f, "the statement gives no column `{column}`, which {model} is built from")
            }
            Error::UnknownName(error) => error.fmt(f),
            Error::UnfitLookup(error) => error.fmt(f),
            Error::NoSuchPage { number, pages } => {
                write!(f, "there is no page {number}; the last one is {pages}")
            }
            Error::InvalidCursor(why) => write!(f, "the cursor {why}"),
            Error::ExpressionTooDeep { limit } => {
                write!(f, "conditions are nested deeper than {limit} levels")
            }
            Error::Config(what) => write!(f, "configuration: {what}"),
            Error::TransactionBroken(cause) => {
                write!(f, "the transaction's block cannot go on after an earlier error: {cause}")
            }
            Error::CommitOutcomeUnknown(error) => {
                write!(f, "it is unknown whether the transaction was committed: {error}")
            }
            Error::OnCommit(error) => error.fmt(f),
            Error::Fixture(error) => error.fmt(f),
            Error::InvalidTransaction(what) => write!(f, "transaction: {what}"),
            Error::Hook(error) => error.fmt(f),
            Error::HooksTooDeep { model, limit } => {
                write!(
                    f,
                    "hooks of `{model}` run within {limit} others: do they save rows that call them again?"
                )
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Database(error) => error.fmt(f),
            Error::Value(error) => write!(f, "Value({error})"),
            Error::Pool(error) => error.fmt(f),
            Error::TransactionBroken(cause) => f.debug_tuple("TransactionBroken").field(cause).finish(),
            Error::CommitOutcomeUnknown(error) => f.debug_tuple("CommitOutcomeUnknown").field(error).finish(),
            other => write!(f, "Error({other})"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Database(error) => error.source(),
            Error::Value(error) => error.source(),
            Error::Pool(error) => error.source(),
            Error::TransactionBroken(cause) => Some(cause),
            Error::CommitOutcomeUnknown(error) => Some(error),
            Error::OnCommit(error) => error.source(),
            Error::Fixture(error) => error.source(),
            Error::Hook(error) => error.source(),
            _ => None,
        }
    }
}

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        Error::Database(Box::new(error))
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        Error::Pool(Box::new(error))
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Error::Value(Box::new(error))
    }
}

impl From<ValidationErrors> for Error {
    fn from(errors: ValidationErrors) -> Self {
        Error::Validation(Box::new(errors))
    }
}

impl From<ValidationError> for Error {
    fn from(error: ValidationError) -> Self {
        ValidationErrors::from(error).into()
    }
}

impl From<ValueError> for Error {
    fn from(error: ValueError) -> Self {
        Error::Value(Box::new(FieldError::unplaced(error)))
    }
}
