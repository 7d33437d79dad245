//! No connection could be had: was the pool exhausted, or the server not there?

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::Error;

/// Who holds a connection.
#[derive(Clone, Debug)]
pub struct Holder {
    /// What it was taken for, such as `Post.stream`.
    pub operation: String,
    /// Where in the program.
    pub location: Option<&'static Location<'static>>,
    /// How long it has been held.
    pub held: Duration,
}

/// Why no connection could be had.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PoolError {
    /// Every connection was in use for the whole acquire time-out.
    Exhausted {
        /// How long was waited.
        waited: Duration,
        /// Connections the pool may have.
        size: usize,
        /// Who held them, the longest first.
        holders: Vec<Holder>,
    },
    /// A connection could not be opened.
    Unreachable {
        /// Where, without secrets.
        target: String,
        /// What happened.
        source: Box<Error>,
    },
    /// Opening a connection took longer than the connect time-out.
    ConnectTimeout {
        /// Where, without secrets.
        target: String,
        /// The time-out.
        after: Duration,
    },
    /// The pool was closed.
    Closed,
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PoolError::Exhausted { waited, size, holders } => {
                write!(f, "pool exhausted: no connection of {size} became free within {waited:.1?}")?;
                for (index, holder) in holders.iter().take(5).enumerate() {
                    write!(f, "{} {}", if index == 0 { "; held by" } else { "," }, holder.operation)?;
                    if let Some(location) = holder.location {
                        write!(f, " ({}:{})", location.file(), location.line())?;
                    }
                    write!(f, " for {:.1?}", holder.held)?;
                }
                if holders.len() > 5 {
                    write!(f, " and {} more", holders.len() - 5)?;
                }
                f.write_str("; a task that holds one connection and asks for another waits for itself")
            }
            PoolError::Unreachable { target, source } => write!(f, "cannot connect to {target}: {source}"),
            PoolError::ConnectTimeout { target, after } => {
                write!(f, "server unreachable: connecting to {target} took longer than {after:.1?}")
            }
            PoolError::Closed => f.write_str("the pool is closed"),
        }
    }
}

impl std::error::Error for PoolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            PoolError::Unreachable { source, .. } => Some(source),
            _ => None,
        }
    }
}
