//! What a database reported, in kinds that are the same on all of them.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// The normalised kind of a database error. Match on this, never on text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatabaseErrorKind {
    /// A duplicate in a unique column, constraint or primary key.
    UniqueViolation,
    /// A foreign key points at no row, or a row is still pointed at.
    ForeignKeyViolation,
    /// A check constraint refused the row.
    CheckViolation,
    /// NULL in a NOT NULL column.
    NotNullViolation,
    /// An exclusion constraint refused the row.
    ExclusionViolation,
    /// Another integrity rule.
    OtherIntegrity,
    /// A deadlock was broken at this transaction's cost.
    Deadlock,
    /// Concurrent transactions could not be serialized.
    SerializationFailure,
    /// A lock was not granted in time, or not at once with `nowait`.
    LockTimeout,
    /// The database file or server is busy.
    Busy,
    /// The statement time-out ended it.
    StatementTimeout,
    /// The statement was cancelled.
    Cancelled,
    /// The connection is gone.
    ConnectionLost,
    /// Wrong user, password or database.
    AuthenticationFailed,
    /// A value, row, packet or statement is larger than the database takes.
    TooLarge,
    /// A value the database refuses: out of range, too long, malformed.
    DataError,
    /// Unknown table, column or function, or wrong syntax.
    ProgrammingError,
    /// The user may not do this.
    PermissionDenied,
    /// A write on a read-only connection, transaction or server.
    ReadOnly,
    /// Disk full, out of memory, too many connections.
    OutOfResources,
    /// The transaction is already aborted by an earlier error.
    TransactionAborted,
    /// Anything else.
    Other,
}

impl DatabaseErrorKind {
    /// True when running the whole transaction again may succeed.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            DatabaseErrorKind::Deadlock
                | DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::LockTimeout
                | DatabaseErrorKind::Busy
        )
    }

    /// True for violated constraints.
    pub fn is_integrity(self) -> bool {
        matches!(
            self,
            DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::ExclusionViolation
                | DatabaseErrorKind::OtherIntegrity
        )
    }

    /// Servers quote the offending value in messages of these kinds, so `Display` leaves the message out.
    fn message_may_hold_values(self) -> bool {
        self.is_integrity() || matches!(self, DatabaseErrorKind::DataError | DatabaseErrorKind::TooLarge)
    }

    /// A word for it that never changes: what `error.type` says in spans and events.
    ///
    /// ```
    /// assert_eq!(orm::DatabaseErrorKind::UniqueViolation.type_name(), "unique_violation");
    /// ```
    pub fn type_name(self) -> &'static str {
        match self {
            DatabaseErrorKind::UniqueViolation => "unique_violation",
            DatabaseErrorKind::ForeignKeyViolation => "foreign_key_violation",
            DatabaseErrorKind::CheckViolation => "check_violation",
            DatabaseErrorKind::NotNullViolation => "not_null_violation",
            DatabaseErrorKind::ExclusionViolation => "exclusion_violation",
            DatabaseErrorKind::OtherIntegrity => "integrity_violation",
            DatabaseErrorKind::Deadlock => "deadlock",
            DatabaseErrorKind::SerializationFailure => "serialization_failure",
            DatabaseErrorKind::LockTimeout => "lock_timeout",
            DatabaseErrorKind::Busy => "busy",
            DatabaseErrorKind::StatementTimeout => "statement_timeout",
            DatabaseErrorKind::Cancelled => "cancelled",
            DatabaseErrorKind::ConnectionLost => "connection_lost",
            DatabaseErrorKind::AuthenticationFailed => "authentication_failed",
            DatabaseErrorKind::TooLarge => "too_large",
            DatabaseErrorKind::DataError => "data_error",
            DatabaseErrorKind::ProgrammingError => "programming_error",
            DatabaseErrorKind::PermissionDenied => "permission_denied",
            DatabaseErrorKind::ReadOnly => "read_only",
            DatabaseErrorKind::OutOfResources => "out_of_resources",
            DatabaseErrorKind::TransactionAborted => "transaction_aborted",
            DatabaseErrorKind::Other => "other",
        }
    }

    pub(crate) fn describe(self) -> &'static str {
        match self {
            DatabaseErrorKind::UniqueViolation => "unique violation",
            DatabaseErrorKind::ForeignKeyViolation => "foreign key violation",
            DatabaseErrorKind::CheckViolation => "check violation",
            DatabaseErrorKind::NotNullViolation => "not-null violation",
            DatabaseErrorKind::ExclusionViolation => "exclusion violation",
            DatabaseErrorKind::OtherIntegrity => "integrity violation",
            DatabaseErrorKind::Deadlock => "deadlock",
            DatabaseErrorKind::SerializationFailure => "serialization failure",
            DatabaseErrorKind::LockTimeout => "lock time-out",
            DatabaseErrorKind::Busy => "database busy",
            DatabaseErrorKind::StatementTimeout => "statement time-out",
            DatabaseErrorKind::Cancelled => "statement cancelled",
            DatabaseErrorKind::ConnectionLost => "connection lost",
            DatabaseErrorKind::AuthenticationFailed => "authentication failed",
            DatabaseErrorKind::TooLarge => "too large",
            DatabaseErrorKind::DataError => "value refused by the database",
            DatabaseErrorKind::ProgrammingError => "programming error",
            DatabaseErrorKind::PermissionDenied => "permission denied",
            DatabaseErrorKind::ReadOnly => "read-only",
            DatabaseErrorKind::OutOfResources => "out of resources",
            DatabaseErrorKind::TransactionAborted => "transaction already aborted",
            DatabaseErrorKind::Other => "database error",
        }
    }
}

/// The driver's own error as `source`. Its text may quote values, so it is shown only through [`DriverError::get_ref`].
#[derive(Clone)]
pub struct DriverError {
    driver: &'static str,
    inner: Arc<dyn StdError + Send + Sync>,
}

impl DriverError {
    /// The driver's error itself, to downcast or to print where values may be shown.
    pub fn get_ref(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self.inner.as_ref()
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error of the {} driver", self.driver)
    }
}

impl fmt::Debug for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DriverError({})", self.driver)
    }
}

impl StdError for DriverError {}

/// What the database reported.
#[derive(Clone)]
pub struct DatabaseError {
    kind: DatabaseErrorKind,
    message: String,
    code: Option<String>,
    constraint: Option<String>,
    table: Option<String>,
    column: Option<String>,
    detail: Option<String>,
    sql: Option<Box<str>>,
    source: Option<DriverError>,
}

impl DatabaseError {
    /// An error of `kind` with the server's message.
    pub fn new(kind: DatabaseErrorKind, message: impl Into<String>) -> Self {
        DatabaseError {
            kind,
            message: message.into(),
            code: None,
            constraint: None,
            table: None,
            column: None,
            detail: None,
            sql: None,
            source: None,
        }
    }

    /// The connection was lost or never answered.
    pub fn connection_lost(message: impl Into<String>) -> Self {
        DatabaseError::new(DatabaseErrorKind::ConnectionLost, message)
    }

    /// Adds the SQLSTATE or the database's error number.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the constraint's name.
    #[must_use]
    pub fn with_constraint(mut self, constraint: Option<String>) -> Self {
        self.constraint = constraint;
        self
    }

    /// Adds the table's name.
    #[must_use]
    pub fn with_table(mut self, table: Option<String>) -> Self {
        self.table = table;
        self
    }

    /// Adds the column's name.
    #[must_use]
    pub fn with_column(mut self, column: Option<String>) -> Self {
        self.column = column;
        self
    }

    /// Adds what the server said in more words, possibly with values.
    #[must_use]
    pub fn with_detail(mut self, detail: Option<String>) -> Self {
        self.detail = detail;
        self
    }

    /// Adds the driver's error.
    #[must_use]
    pub fn with_source(
        mut self,
        driver: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.source = Some(DriverError { driver, inner: Arc::from(source.into()) });
        self
    }

    /// Adds the statement's text, if none is set yet.
    #[must_use]
    pub fn with_sql(mut self, sql: &str) -> Self {
        self.sql.get_or_insert_with(|| sql.into());
        self
    }

    /// The normalised kind.
    pub fn kind(&self) -> DatabaseErrorKind {
        self.kind
    }

    /// The SQLSTATE, or the database's own number where it has none.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The violated constraint or index, where the database names it.
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    /// The table, where the database names it.
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// The column, where the database names it.
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// The statement's text, without its parameters.
    pub fn sql(&self) -> Option<&str> {
        self.sql.as_deref()
    }

    /// The server's own message. It may quote values of the row: do not log it where these are private.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the server added, such as PostgreSQL's DETAIL. It may quote values of the row.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The driver's error.
    pub(crate) fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.describe())?;
        if let Some(constraint) = &self.constraint {
            write!(f, " of constraint `{constraint}`")?;
        }
        match (&self.table, &self.column) {
            (Some(table), Some(column)) => write!(f, " on `{table}.{column}`")?,
            (Some(table), None) => write!(f, " on table `{table}`")?,
            (None, Some(column)) => write!(f, " on column `{column}`")?,
            (None, None) => {}
        }
        if !self.kind.message_may_hold_values() && !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("DatabaseError");
        out.field("kind", &self.kind);
        if !self.kind.message_may_hold_values() {
            out.field("message", &self.message);
        }
        for (name, value) in [
            ("code", &self.code),
            ("constraint", &self.constraint),
            ("table", &self.table),
            ("column", &self.column),
        ] {
            if let Some(value) = value {
                out.field(name, value);
            }
        }
        if let Some(sql) = &self.sql {
            out.field("sql", sql);
        }
        out.finish_non_exhaustive()
    }
}

impl StdError for DatabaseError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        DatabaseError::source(self)
    }
}
