//! tokio-postgres' errors to the kinds that are the same on every database.

use orm_core::error::{DatabaseError, DatabaseErrorKind as Kind, Error, ValueError};
use tokio_postgres::error::{DbError, Severity};

/// Whose error is the `source`.
pub(crate) const DRIVER: &str = "tokio-postgres";

/// Whether the connection may be used again after this error.
pub(crate) fn is_fatal(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(server) => is_last_word(server),
        // A parameter that could not be encoded: nothing was sent. Anything else is I/O or a garbled reply.
        None => !is_value_error(error),
    }
}

/// FATAL and PANIC end the session.
fn is_last_word(server: &DbError) -> bool {
    matches!(server.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

fn is_value_error(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<ValueError>)
}

/// Whether a kept statement is of no use any more: a table behind it has changed, or the server has forgotten it.
pub(crate) fn is_stale_statement(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|server| match server.code().code() {
        "26000" => true,
        // The routine, because the message is translated and 0A000 is also every other unsupported thing.
        "0A000" => server.routine() == Some("RevalidateCachedQuery"),
        _ => false,
    })
}

/// Whether the server does not know any statement of ours any more (`DEALLOCATE ALL`).
pub(crate) fn is_forgotten_statement(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code() == "26000")
}

/// The error of a statement. `timed_out` says that the statement time-out has passed: the server's own answer
/// is told from a cancel request only by its translated text.
pub(crate) fn of_statement(error: tokio_postgres::Error, sql: &str, timed_out: bool) -> Error {
    match of(error, timed_out) {
        Error::Database(error) => (*error).with_sql(sql).into(),
        other => other,
    }
}

/// The error of opening a connection.
pub(crate) fn of_connect(error: tokio_postgres::Error) -> Error {
    of(error, false)
}

fn of(error: tokio_postgres::Error, timed_out: bool) -> Error {
    if is_value_error(&error) {
        return match error.into_source().map(<dyn std::error::Error + Send + Sync>::downcast::<ValueError>) {
            Some(Ok(value)) => (*value).into(),
            _ => Error::InvalidQuery("a parameter could not be encoded".into()),
        };
    }
    let Some(server) = error.as_db_error() else {
        return DatabaseError::connection_lost(describe(&error)).with_source(DRIVER, error).into();
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let kind = kind(server, timed_out);
    DatabaseError::new(kind, server.message())
        .with_code(server.code().code())
        .with_constraint(owned(server.constraint()))
        .with_table(owned(server.table()))
        .with_column(owned(server.column()))
        .with_detail(owned(server.detail()))
        .with_source(DRIVER, error)
        .into()
}

/// tokio-postgres says what it was doing, its source why. Neither holds values here: those are in server errors.
fn describe(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn kind(server: &DbError, timed_out: bool) -> Kind {
    let code = server.code().code();
    match code {
        "57014" if timed_out || server.message().contains("statement timeout") => Kind::StatementTimeout,
        _ => kind_of_code(code),
    }
}

/// The kind of an SQLSTATE: exact codes first, then classes.
fn kind_of_code(code: &str) -> Kind {
    match code {
        "23505" => Kind::UniqueViolation,
        "23503" | "23001" => Kind::ForeignKeyViolation,
        "23514" => Kind::CheckViolation,
        "23502" => Kind::NotNullViolation,
        "23P01" => Kind::ExclusionViolation,
        "40P01" => Kind::Deadlock,
        "40001" => Kind::SerializationFailure,
        "40002" => Kind::OtherIntegrity,
        "55P03" => Kind::LockTimeout,
        // Starting up or recovering.
        "57P03" => Kind::Busy,
        "57014" => Kind::Cancelled,
        // The session was ended by an administrator, a crash or a time-out on idleness.
        "57P01" | "57P02" | "57P04" | "57P05" | "25P03" | "25P04" => Kind::ConnectionLost,
        "25006" => Kind::ReadOnly,
        "25P02" => Kind::TransactionAborted,
        "3D000" => Kind::AuthenticationFailed,
        "42501" => Kind::PermissionDenied,
        // A value that its column's type cannot take is data, though the class is syntax.
        "42846" | "42804" | "0A000" => Kind::ProgrammingError,
        _ => match code.get(..2).unwrap_or("") {
            "08" => Kind::ConnectionLost,
            "22" => Kind::DataError,
            "23" => Kind::OtherIntegrity,
            "28" => Kind::AuthenticationFailed,
            "26" | "34" | "3F" | "42" => Kind::ProgrammingError,
            "53" => Kind::OutOfResources,
            "54" => Kind::TooLarge,
            _ => Kind::Other,
        },
    }
}

/// BEGIN failed and the statement sent together with it did not. The server has no reason of its own to refuse a
/// BEGIN, but an administrator's cancel request may hit it.
pub(crate) fn ran_without_transaction(error: tokio_postgres::Error, sql: &str) -> Error {
    DatabaseError::new(
        Kind::Other,
        "BEGIN failed, and the first statement of the transaction was executed outside of one",
    )
    .with_sql(sql)
    .with_source(DRIVER, error)
    .into()
}

/// The statement was given up because no reply came.
pub(crate) fn no_reply(sql: &str) -> Error {
    DatabaseError::new(Kind::StatementTimeout, "the server did not reply within the statement time-out")
        .with_sql(sql)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_kinds() {
        for (code, kind) in [
            ("23505", Kind::UniqueViolation),
            ("23503", Kind::ForeignKeyViolation),
            ("23514", Kind::CheckViolation),
            ("23502", Kind::NotNullViolation),
            ("23P01", Kind::ExclusionViolation),
            ("23000", Kind::OtherIntegrity),
            ("40P01", Kind::Deadlock),
            ("40001", Kind::SerializationFailure),
            ("40003", Kind::Other),
            ("55P03", Kind::LockTimeout),
            ("57014", Kind::Cancelled),
            ("57P01", Kind::ConnectionLost),
            ("57P03", Kind::Busy),
            ("08006", Kind::ConnectionLost),
            ("25006", Kind::ReadOnly),
            ("25P02", Kind::TransactionAborted),
            ("25P03", Kind::ConnectionLost),
            ("28P01", Kind::AuthenticationFailed),
            ("28000", Kind::AuthenticationFailed),
            ("3D000", Kind::AuthenticationFailed),
            ("42501", Kind::PermissionDenied),
            ("42P01", Kind::ProgrammingError),
            ("42703", Kind::ProgrammingError),
            ("42601", Kind::ProgrammingError),
            ("22003", Kind::DataError),
            ("22001", Kind::DataError),
            ("53100", Kind::OutOfResources),
            ("53300", Kind::OutOfResources),
            ("54000", Kind::TooLarge),
            ("54001", Kind::TooLarge),
            ("XX000", Kind::Other),
            ("", Kind::Other),
            ("é", Kind::Other),
        ] {
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
    }
}
