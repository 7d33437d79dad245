//! The client's own limit on how long a reply may take, for when the server cannot keep to its own.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// How much longer than the server the client waits.
const GRACE: Duration = Duration::from_secs(1);

/// A limit with its timer. The timer is kept between statements: moving a timer later is one atomic operation, while
/// making a new one takes the timer wheel's lock twice.
pub(crate) struct Deadline {
    limit: Option<Duration>,
    timer: Option<Pin<Box<Sleep>>>,
    ends: Option<Instant>,
}

/// The time is over.
pub(crate) struct Elapsed;

impl Deadline {
    /// A deadline of the statement time-out with its grace, or one that never comes.
    pub(crate) fn new(statement_timeout: Option<Duration>) -> Self {
        Deadline { limit: statement_timeout.map(|limit| limit + GRACE), timer: None, ends: None }
    }

    /// Runs `work` until its end or the deadline's. A future that is ready at once never touches the timer.
    pub(crate) async fn run<F: Future>(&mut self, mut work: Pin<&mut F>) -> Result<F::Output, Elapsed> {
        self.ends = None;
        let Some(limit) = self.limit else { return Ok(work.await) };
        let Deadline { timer, ends, .. } = self;
        poll_fn(|context| {
            if let Poll::Ready(output) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(output));
            }
            if ends.is_none() {
                let at = Instant::now() + limit;
                *ends = Some(at);
                match timer {
                    Some(timer) => timer.as_mut().reset(at),
                    None => *timer = Some(Box::pin(tokio::time::sleep_until(at))),
                }
            }
            match timer {
                Some(timer) => timer.as_mut().poll(context).map(|()| Err(Elapsed)),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Whether the last work took so long that the server's own time-out must have struck.
    pub(crate) fn server_limit_passed(&self) -> bool {
        // The server counts from when it has the statement, the client from before: half the grace is room enough.
        self.ends.is_some_and(|ends| Instant::now() + GRACE >= ends)
    }
}
