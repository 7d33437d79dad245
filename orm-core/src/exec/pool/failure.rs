//! A failed attempt to connect, told to everybody who waits for it.

use std::time::Duration;

use crate::error::{DatabaseError, DatabaseErrorKind, Error, PoolError};

/// What happened, in a form that can be told more than once.
pub(super) enum Failure {
    /// No connection within the connect time-out.
    TimedOut(Duration),
    /// The driver's error.
    Refused(Error),
}

impl Failure {
    /// The driver could not connect.
    pub(super) fn refused(error: Error) -> Self {
        Failure::Refused(error)
    }

    /// The driver panicked while it connected; its message went where panics go.
    pub(super) fn panicked() -> Self {
        Failure::refused(DatabaseError::new(DatabaseErrorKind::Other, "the driver panicked").into())
    }

    /// The error for a caller; `target` is where it happened.
    pub(super) fn tell(&self, target: String) -> Error {
        let error = match self {
            Failure::TimedOut(after) => return PoolError::ConnectTimeout { target, after: *after }.into(),
            Failure::Refused(error) => error.clone(),
        };
        match error {
            // A driver that waits for something itself may have found the words already.
            Error::Pool(error) => Error::Pool(error),
            // The server was reached, and what is wrong is what it was asked for.
            unsupported @ Error::Unsupported { .. } => unsupported,
            error => PoolError::Unreachable { target, source: Box::new(error) }.into(),
        }
    }
}
