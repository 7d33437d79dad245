//! Why a call failed, which also says whether the connection is still in step with the server.

use mysql_async::Error as MyError;
use orm_core::Error;
use orm_core::backend::Elapsed;

/// Why a call failed, and with it whether the connection is still in step.
pub(crate) enum Failure {
    /// The driver's or the server's.
    Driver(MyError),
    /// Found before sending or after the answer was read: the connection is in step.
    InStep(Error),
    /// Found with an answer unread.
    OutOfStep(Error),
    /// No answer in time.
    TimedOut,
}

impl From<MyError> for Failure {
    fn from(error: MyError) -> Self {
        Failure::Driver(error)
    }
}

/// What became of work under a deadline. When that came first the work was dropped, and the connection stays busy.
pub(crate) fn in_time<T>(outcome: Result<Result<T, Failure>, Elapsed>) -> Result<T, Failure> {
    outcome.unwrap_or(Err(Failure::TimedOut))
}
