//! Why a call failed, which also says whether the connection is still in step with the server.

use std::time::Duration;

use mysql_async::Error as MyError;
use orm_core::Error;

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

/// Runs `work` with a time limit; at the limit it is dropped, and the connection stays busy.
pub(crate) async fn within<T>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match limit {
        None => work.await,
        Some(limit) => tokio::time::timeout(limit, work).await.unwrap_or(Err(Failure::TimedOut)),
    }
}
