//! A failed attempt to connect, told to everybody who waits for it.

use std::time::Duration;

use crate::error::{DatabaseError, DatabaseErrorKind, Error, PoolError};

/// What happened, in a form that can be told more than once.
pub(super) enum Failure {
    /// No connection within the connect time-out.
    TimedOut(Duration),
    /// The driver's error: as it came, for the first who asks, and a copy for the others.
    Refused(Option<Error>, Error),
}

impl Failure {
    /// The driver could not connect.
    pub(super) fn refused(error: Error) -> Self {
        let copied = copy(&error);
        Failure::Refused(Some(error), copied)
    }

    /// The driver panicked while it connected; its message went where panics go.
    pub(super) fn panicked() -> Self {
        Failure::refused(DatabaseError::new(DatabaseErrorKind::Other, "the driver panicked").into())
    }

    /// The error for a caller; `target` is where it happened.
    pub(super) fn tell(&mut self, target: String) -> Error {
        let error = match self {
            Failure::TimedOut(after) => return PoolError::ConnectTimeout { target, after: *after }.into(),
            Failure::Refused(first, copied) => first.take().unwrap_or_else(|| copy(copied)),
        };
        match error {
            // A driver that waits for something itself may have found the words already.
            Error::Pool(error) => Error::Pool(error),
            error => PoolError::Unreachable { target, source: Box::new(error) }.into(),
        }
    }
}

/// The same without the driver's own error, which cannot be copied.
fn copy(error: &Error) -> Error {
    match error {
        Error::Database(error) => {
            let mut copy = DatabaseError::new(error.kind(), error.message())
                .with_detail(error.detail().map(ToOwned::to_owned));
            if let Some(code) = error.code() {
                copy = copy.with_code(code);
            }
            copy.into()
        }
        Error::Config(what) => Error::Config(what.clone()),
        Error::Unsupported { feature, backend } => Error::Unsupported { feature: feature.clone(), backend },
        Error::Pool(error) => match &**error {
            PoolError::ConnectTimeout { target, after } => {
                PoolError::ConnectTimeout { target: target.clone(), after: *after }.into()
            }
            PoolError::Unreachable { target, source } => {
                PoolError::Unreachable { target: target.clone(), source: Box::new(copy(source)) }.into()
            }
            PoolError::Exhausted { waited, size, holders } => {
                PoolError::Exhausted { waited: *waited, size: *size, holders: holders.clone() }.into()
            }
            PoolError::Closed => PoolError::Closed.into(),
        },
        // No driver connects like this; the text is kept.
        Error::MissingColumn { .. }
        | Error::UnknownName(_)
        | Error::UnfitLookup(_)
        | Error::NoSuchPage { .. }
        | Error::InvalidCursor(_)
        | Error::DoesNotExist { .. }
        | Error::MultipleObjectsReturned { .. }
        | Error::Value(_)
        | Error::InvalidQuery(_)
        | Error::ExpressionTooDeep { .. } => {
            DatabaseError::new(DatabaseErrorKind::Other, error.to_string()).into()
        }
    }
}
