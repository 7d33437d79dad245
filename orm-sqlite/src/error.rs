//! SQLite's result codes and messages as the kinds that are the same on every database.

use orm_core::error::{DatabaseError, DatabaseErrorKind, Error};
use rusqlite::ffi;

use crate::control::Ended;

const DRIVER: &str = "SQLite";
/// Begins the messages of the functions that this driver registers.
pub(crate) const FUNCTION_PREFIX: &str = "orm: ";

/// Messages of code 1 (`SQLITE_ERROR`) that speak of a limit.
const LIMITS: [&str; 9] = [
    "too many SQL variables",
    "Expression tree is too large",
    "parser stack overflow",
    "Recursion limit",
    "too many terms in",
    "too many columns",
    "too many arguments",
    "tables in a join",
    "LIKE or GLOB pattern too complex",
];

/// Messages of code 1 (`SQLITE_ERROR`) that speak of a value.
const DATA: [&str; 4] = [FUNCTION_PREFIX, "integer overflow", "malformed JSON", "bad JSON path"];

/// An error of rusqlite with the statement's text.
pub(crate) fn database_error(error: rusqlite::Error, sql: &str, ended: Ended) -> Error {
    let (code, message) = match &error {
        rusqlite::Error::SqliteFailure(inner, message) => {
            (inner.extended_code, message.clone().unwrap_or_else(|| inner.to_string()))
        }
        // Without this arm `Display` would repeat the whole statement.
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code, msg.clone()),
        rusqlite::Error::MultipleStatement => {
            (ffi::SQLITE_MISUSE, "more than one statement in a text".to_owned())
        }
        other => (ffi::SQLITE_MISUSE, other.to_string()),
    };
    let kind = kind(code, &message, ended);
    let mut out = DatabaseError::new(kind, message.as_str()).with_code(code.to_string());
    if kind.is_integrity() {
        let place = place(&message);
        out = out.with_constraint(place.constraint).with_table(place.table).with_column(place.column);
    }
    let out = out.with_source(DRIVER, error);
    if sql.is_empty() { out.into() } else { out.with_sql(sql).into() }
}

/// The connection's thread is gone.
pub(crate) fn connection_lost() -> Error {
    DatabaseError::connection_lost("the connection's thread has ended").into()
}

/// The transaction is gone: SQLite rolled it back on its own, or a call inside it was dropped.
pub(crate) fn transaction_aborted() -> Error {
    let message = "the transaction was rolled back by an earlier error or an abandoned call";
    DatabaseError::new(DatabaseErrorKind::TransactionAborted, message).into()
}

/// Refused before it was sent.
pub(crate) fn refused(kind: DatabaseErrorKind, message: impl Into<String>, sql: &str) -> Error {
    DatabaseError::new(kind, message).with_sql(sql).into()
}

/// A panic while a row was decoded.
pub(crate) fn panicked(payload: &(dyn std::any::Any + Send), sql: &str) -> Error {
    let what = payload
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    refused(DatabaseErrorKind::Other, format!("panicked while the statement ran: {what}"), sql)
}

fn kind(code: i32, message: &str, ended: Ended) -> DatabaseErrorKind {
    use DatabaseErrorKind as Kind;
    let primary = code & 0xff;
    match (primary, ended) {
        (ffi::SQLITE_INTERRUPT | ffi::SQLITE_BUSY, Ended::Timeout) => return Kind::StatementTimeout,
        (ffi::SQLITE_INTERRUPT | ffi::SQLITE_BUSY, Ended::Cancelled) => return Kind::Cancelled,
        _ => {}
    }
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            return Kind::UniqueViolation;
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return Kind::ForeignKeyViolation,
        // ON DELETE RESTRICT is a trigger inside SQLite, and so is its code.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => {
            return Kind::ForeignKeyViolation;
        }
        ffi::SQLITE_CONSTRAINT_CHECK => return Kind::CheckViolation,
        ffi::SQLITE_CONSTRAINT_NOTNULL => return Kind::NotNullViolation,
        ffi::SQLITE_CONSTRAINT_DATATYPE => return Kind::DataError,
        ffi::SQLITE_BUSY_SNAPSHOT => return Kind::SerializationFailure,
        ffi::SQLITE_IOERR_NOMEM => return Kind::OutOfResources,
        _ => {}
    }
    match primary {
        ffi::SQLITE_ERROR if LIMITS.iter().any(|text| message.contains(text)) => Kind::TooLarge,
        ffi::SQLITE_ERROR if DATA.iter().any(|text| message.contains(text)) => Kind::DataError,
        ffi::SQLITE_ERROR if message == rusqlite::Error::UnwindingPanic.to_string() => Kind::Other,
        ffi::SQLITE_ERROR | ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => Kind::ProgrammingError,
        ffi::SQLITE_CONSTRAINT => Kind::OtherIntegrity,
        ffi::SQLITE_MISMATCH => Kind::DataError,
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Kind::Busy,
        ffi::SQLITE_READONLY => Kind::ReadOnly,
        ffi::SQLITE_FULL | ffi::SQLITE_NOMEM => Kind::OutOfResources,
        ffi::SQLITE_TOOBIG => Kind::TooLarge,
        ffi::SQLITE_INTERRUPT => Kind::Cancelled,
        ffi::SQLITE_PERM | ffi::SQLITE_AUTH => Kind::PermissionDenied,
        _ => Kind::Other,
    }
}

#[derive(Default)]
struct Place {
    constraint: Option<String>,
    table: Option<String>,
    column: Option<String>,
}

/// The names in `UNIQUE constraint failed: users.email, users.x` and its sisters.
fn place(message: &str) -> Place {
    let Some((what, names)) = message.split_once(" constraint failed: ") else { return Place::default() };
    if what == "CHECK" {
        return Place { constraint: Some(names.to_owned()), ..Place::default() };
    }
    if let Some(index) = names.strip_prefix("index '") {
        return Place { constraint: Some(index.trim_end_matches('\'').to_owned()), ..Place::default() };
    }
    let mut table = None;
    let mut columns = Vec::new();
    for name in names.split(", ") {
        match name.split_once('.') {
            Some((before, column)) => {
                table.get_or_insert(before);
                columns.push(column);
            }
            None => columns.push(name),
        }
    }
    Place {
        constraint: None,
        table: table.map(str::to_owned),
        column: (!columns.is_empty()).then(|| columns.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32, message: &str, ended: Ended) -> Error {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message.to_owned()));
        database_error(error, "INSERT", ended)
    }

    #[test]
    fn constraint_messages_give_their_names() {
        let error = failure(2067, "UNIQUE constraint failed: users.email, users.x", Ended::No);
        let error = error.as_database().expect("a database error");
        assert_eq!(error.kind(), DatabaseErrorKind::UniqueViolation);
        assert_eq!((error.table(), error.column()), (Some("users"), Some("email, x")));
        assert_eq!(error.code(), Some("2067"));

        let error = failure(2067, "UNIQUE constraint failed: index 'lower_email'", Ended::No);
        assert_eq!(error.as_database().and_then(DatabaseError::constraint), Some("lower_email"));
        let error = failure(275, "CHECK constraint failed: positive", Ended::No);
        assert_eq!(error.as_database().and_then(DatabaseError::constraint), Some("positive"));
        assert_eq!(error.kind(), Some(DatabaseErrorKind::CheckViolation));
    }

    #[test]
    fn codes_become_kinds() {
        use DatabaseErrorKind as Kind;
        for (code, message, ended, expected) in [
            (1555, "UNIQUE constraint failed: t.id", Ended::No, Kind::UniqueViolation),
            (787, "FOREIGN KEY constraint failed", Ended::No, Kind::ForeignKeyViolation),
            (1811, "FOREIGN KEY constraint failed", Ended::No, Kind::ForeignKeyViolation),
            (1811, "no", Ended::No, Kind::OtherIntegrity),
            (1299, "NOT NULL constraint failed: t.a", Ended::No, Kind::NotNullViolation),
            (5, "database is locked", Ended::No, Kind::Busy),
            (5, "database is locked", Ended::Cancelled, Kind::Cancelled),
            (261, "database is locked", Ended::No, Kind::Busy),
            (517, "database is locked", Ended::No, Kind::SerializationFailure),
            (6, "database table is locked", Ended::No, Kind::Busy),
            (8, "attempt to write a readonly database", Ended::No, Kind::ReadOnly),
            (13, "database or disk is full", Ended::No, Kind::OutOfResources),
            (7, "out of memory", Ended::No, Kind::OutOfResources),
            (18, "string or blob too big", Ended::No, Kind::TooLarge),
            (9, "interrupted", Ended::Timeout, Kind::StatementTimeout),
            (9, "interrupted", Ended::No, Kind::Cancelled),
            (1, "no such table: x", Ended::No, Kind::ProgrammingError),
            (1, "too many SQL variables", Ended::No, Kind::TooLarge),
            (1, "orm: regexp: unclosed group", Ended::No, Kind::DataError),
        ] {
            assert_eq!(failure(code, message, ended).kind(), Some(expected), "{code} {message}");
        }
    }
}
