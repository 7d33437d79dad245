//! A limit on how long a reply may take, kept by the client for when the server cannot keep to its own.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// A time limit for one thing after another on the same connection.
///
/// Its timer is kept, and is set anew only when it has gone off: a timer that goes off early finds that the present
/// work may go on for a while, and is set to that moment. So work that is done in time costs a look at the clock, where
/// making a timer and throwing it away would take the lock of the runtime's timers twice. It is not even polled while it
/// is known to wake the task that waits.
#[derive(Default)]
pub struct Deadline {
    limit: Option<Duration>,
    timer: Option<Timer>,
    ends: Option<Instant>,
}

/// A timer that was polled, and whom it wakes.
struct Timer {
    sleep: Pin<Box<Sleep>>,
    wakes: Waker,
}

/// The time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl Deadline {
    /// A deadline after `limit`, or one that never comes.
    pub fn new(limit: Option<Duration>) -> Self {
        Deadline { limit, timer: None, ends: None }
    }

    /// Runs `work` until its end or the deadline's. Work that is ready at once never touches the timer.
    pub fn run<F: Future>(
        &mut self,
        mut work: Pin<&mut F>,
    ) -> impl Future<Output = Result<F::Output, Elapsed>> {
        self.ends = None;
        poll_fn(move |context| match work.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.poll_end(context).map(|()| Err(Elapsed)),
        })
    }

    /// When the deadline of the last work was or is; `None` when that was ready at once.
    pub fn ends(&self) -> Option<Instant> {
        self.ends
    }

    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(limit) = self.limit else { return Poll::Pending };
        let ends = *self.ends.get_or_insert_with(|| Instant::now() + limit);
        // Mostly it was set by earlier work of the same task, and is still to go off.
        if let Some(timer) = &self.timer
            && !timer.sleep.is_elapsed()
            && timer.wakes.will_wake(context.waker())
        {
            return Poll::Pending;
        }
        self.poll_timer(ends, context)
    }

    #[inline(never)]
    fn poll_timer(&mut self, ends: Instant, context: &mut Context<'_>) -> Poll<()> {
        let Timer { sleep, wakes } = self.timer.get_or_insert_with(|| Timer {
            sleep: Box::pin(tokio::time::sleep_until(ends)),
            wakes: context.waker().clone(),
        });
        wakes.clone_from(context.waker());
        while sleep.as_mut().poll(context).is_ready() {
            if sleep.deadline() >= ends {
                return Poll::Ready(());
            }
            // It was set for earlier work.
            sleep.as_mut().reset(ends);
        }
        Poll::Pending
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline").field("limit", &self.limit).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use tokio::time::sleep;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn each_work_has_the_whole_limit() {
        let mut deadline = Deadline::new(Some(LIMIT));
        for _ in 0..5 {
            assert_eq!(deadline.run(pin!(sleep(LIMIT / 3 * 2))).await, Ok(()));
        }
        let start = Instant::now();
        assert_eq!(deadline.run(pin!(sleep(LIMIT * 2))).await, Err(Elapsed));
        assert!((LIMIT..LIMIT + Duration::from_millis(2)).contains(&start.elapsed()));
        assert_eq!(deadline.run(pin!(sleep(LIMIT / 3 * 2))).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn it_wakes_whichever_task_waits() {
        let mut deadline = Deadline::new(Some(LIMIT));
        assert_eq!(deadline.run(pin!(sleep(LIMIT / 2))).await, Ok(()));
        let other = tokio::spawn(async move {
            let start = Instant::now();
            let ended = deadline.run(pin!(std::future::pending::<()>())).await;
            (ended, start.elapsed(), deadline)
        });
        let (ended, after, mut deadline) = other.await.unwrap();
        assert_eq!(ended, Err(Elapsed));
        assert!((LIMIT..LIMIT + Duration::from_millis(2)).contains(&after), "{after:?}");
        assert_eq!(deadline.run(pin!(sleep(LIMIT * 2))).await, Err(Elapsed));
    }

    #[tokio::test(start_paused = true)]
    async fn none_never_ends() {
        let mut deadline = Deadline::new(None);
        assert_eq!(deadline.run(pin!(sleep(LIMIT * 1_000))).await, Ok(()));
        assert_eq!(deadline.ends(), None);
    }

    #[tokio::test]
    async fn work_that_is_ready_touches_no_timer() {
        let mut deadline = Deadline::new(Some(LIMIT));
        assert_eq!(deadline.run(pin!(async { 7 })).await, Ok(7));
        assert!(deadline.timer.is_none() && deadline.ends().is_none());
    }
}
