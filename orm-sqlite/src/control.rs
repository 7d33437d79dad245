//! What ends a statement early: its time-out, its caller's departure, or its leave to run in place.
//!
//! SQLite calls the progress handler every [`PROGRESS_OPS`] instructions and the busy handler while it waits for a
//! lock; both look here. Unlike `sqlite3_interrupt`, which hits whatever happens to run, a cancel names its job: it
//! can never end the next caller's statement, nor the cursors that rest between two chunks.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Virtual machine instructions between two looks at the clock: some microseconds.
pub(crate) const PROGRESS_OPS: i32 = 500;

/// Pages in the write-ahead log from which on it is copied into the database: SQLite's own number.
pub(crate) const FULL_LOG: u32 = 1_000;

const NEVER: u64 = u64::MAX;
/// The longest sleep between two tries for a lock: so long at most a dropped caller's job goes on waiting.
const LONGEST_NAP: u64 = 10;

/// Why a statement was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It ended by itself.
    No,
    /// Its time-out passed.
    Timeout,
    /// Its caller is gone.
    Cancelled,
    /// It took too long to run in place, or would have had to wait.
    Budget,
}

/// Where a job runs, and what that allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    /// On the worker: it may take its time and wait.
    Worker = 0,
    /// In place, until its time is over.
    Budget = 1,
    /// In place and to its end, because ending it would take more along than itself. It waits for nothing.
    ToItsEnd = 2,
}

/// Shared by the thread that runs statements and the callers that may cancel them.
pub(crate) struct Control {
    epoch: Instant,
    statement_timeout: u64,
    budget: u64,
    current: AtomicU64,
    cancelled: AtomicU64,
    started: AtomicU64,
    /// What the jobs in place of the open transaction have taken together.
    spent: AtomicU64,
    deadline: AtomicU64,
    busy_timeout: AtomicU64,
    busy_until: AtomicU64,
    leave: AtomicU8,
    /// It is a COMMIT, which only waiting may end.
    commits: AtomicBool,
    lengthy: AtomicBool,
    ended: AtomicU8,
    /// The log is full, or what is in it is not known: the next write may begin it anew, which waits for the disk.
    full: AtomicBool,
    /// It was found full and nobody has looked after it since.
    due: AtomicBool,
}

impl Control {
    pub(crate) fn new(statement_timeout: Option<Duration>, busy_timeout: Duration, budget: Duration) -> Self {
        Control {
            epoch: Instant::now(),
            statement_timeout: statement_timeout.map_or(NEVER, nanos),
            budget: nanos(budget),
            current: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
            started: AtomicU64::new(0),
            spent: AtomicU64::new(0),
            deadline: AtomicU64::new(NEVER),
            busy_timeout: AtomicU64::new(nanos(busy_timeout)),
            busy_until: AtomicU64::new(NEVER),
            leave: AtomicU8::new(Leave::Worker as u8),
            commits: AtomicBool::new(false),
            lengthy: AtomicBool::new(false),
            ended: AtomicU8::new(0),
            full: AtomicBool::new(false),
            due: AtomicBool::new(false),
        }
    }

    /// Ends the job when it runs, and keeps it from starting when it still waits.
    pub(crate) fn cancel(&self, job: u64) {
        self.cancelled.fetch_max(job, Ordering::AcqRel);
    }

    pub(crate) fn is_cancelled(&self, job: u64) -> bool {
        self.cancelled.load(Ordering::Acquire) >= job
    }

    /// A job begins on the worker thread.
    pub(crate) fn start(&self, job: u64) {
        let deadline = match self.statement_timeout {
            NEVER => NEVER,
            timeout => self.now().saturating_add(timeout),
        };
        self.begin(job, deadline, Leave::Worker);
    }

    /// A job begins that nothing may end: rolling back.
    pub(crate) fn start_shielded(&self) {
        self.begin(NEVER, NEVER, Leave::Worker);
    }

    /// A job begins on its caller's thread. The clock is read only when the first handler call shows that it is not short.
    pub(crate) fn start_in_place(&self) {
        self.lengthy.store(false, Ordering::Relaxed);
        self.begin(NEVER, NEVER, Leave::Budget);
    }

    /// A job begins on its caller's thread that is known to be short, and that only its time-out may end.
    pub(crate) fn start_to_its_end(&self) {
        let now = self.now();
        self.started.store(now, Ordering::Relaxed);
        self.begin(NEVER, now.saturating_add(self.statement_timeout), Leave::ToItsEnd);
    }

    /// Whether such a job took longer than a job in place may.
    pub(crate) fn took_too_long(&self) -> bool {
        let taken = self.now().saturating_sub(self.started.load(Ordering::Relaxed));
        let spent = self.spent.load(Ordering::Relaxed);
        self.spent.store(spent.saturating_add(taken), Ordering::Relaxed);
        self.lengthy.store(taken > self.budget / 4, Ordering::Relaxed);
        taken > self.budget
    }

    /// A transaction begins.
    pub(crate) fn start_transaction(&self) {
        self.spent.store(0, Ordering::Relaxed);
    }

    /// Whether what the transaction has done in place took so little time that it cannot have written much.
    pub(crate) fn has_spent_little(&self) -> bool {
        self.spent.load(Ordering::Relaxed) / 2 <= self.budget
    }

    /// The job that runs is about to commit. SQLite asks its progress handler once more behind that, and would call
    /// interrupted what is committed.
    pub(crate) fn commits(&self) {
        self.commits.store(true, Ordering::Relaxed);
    }

    fn begin(&self, job: u64, deadline: u64, leave: Leave) {
        self.current.store(job, Ordering::Relaxed);
        self.deadline.store(deadline, Ordering::Relaxed);
        self.leave.store(leave as u8, Ordering::Relaxed);
        self.commits.store(false, Ordering::Relaxed);
        self.ended.store(0, Ordering::Relaxed);
    }

    /// Why the job that ran last was ended.
    pub(crate) fn ended(&self) -> Ended {
        match self.ended.load(Ordering::Relaxed) {
            1 => Ended::Timeout,
            2 => Ended::Cancelled,
            3 => Ended::Budget,
            _ => Ended::No,
        }
    }

    /// True when the job in place took more than a quarter of its budget.
    pub(crate) fn was_lengthy(&self) -> bool {
        self.lengthy.load(Ordering::Relaxed)
    }

    /// A commit has left so many pages in the write-ahead log, or there is one of which nothing is known.
    pub(crate) fn note_log(&self, pages: Option<u32>) {
        self.full.store(pages.is_none_or(|pages| pages >= FULL_LOG), Ordering::Relaxed);
        self.due.store(pages.is_some_and(|pages| pages >= FULL_LOG), Ordering::Relaxed);
    }

    /// True when the next write may have to wait for the disk.
    pub(crate) fn log_is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// True when the log is to be copied into the database.
    pub(crate) fn log_is_due(&self) -> bool {
        self.due.load(Ordering::Relaxed)
    }

    /// It is being copied.
    pub(crate) fn log_is_looked_after(&self) {
        self.due.store(false, Ordering::Relaxed);
    }

    pub(crate) fn set_busy_timeout(&self, timeout: Duration) {
        self.busy_timeout.store(nanos(timeout), Ordering::Relaxed);
    }

    /// True ends the statement.
    pub(crate) fn on_progress(&self) -> bool {
        if self.commits.load(Ordering::Relaxed) {
            return false;
        }
        if self.leave.load(Ordering::Relaxed) == Leave::Budget as u8 {
            let now = self.now();
            return match self.deadline.load(Ordering::Relaxed) {
                NEVER => {
                    self.deadline.store(now.saturating_add(self.budget), Ordering::Relaxed);
                    false
                }
                deadline if now >= deadline => self.end(3),
                deadline => {
                    if deadline.saturating_sub(now) < self.budget / 4 * 3 {
                        self.lengthy.store(true, Ordering::Relaxed);
                    }
                    false
                }
            };
        }
        self.overdue()
    }

    /// True tries again for the lock.
    pub(crate) fn on_busy(&self, tries: i32) -> bool {
        if self.leave.load(Ordering::Relaxed) != Leave::Worker as u8 {
            self.end(3);
            return false;
        }
        let now = self.now();
        if tries <= 0 {
            let until = now.saturating_add(self.busy_timeout.load(Ordering::Relaxed));
            self.busy_until.store(until, Ordering::Relaxed);
        }
        let left = self.busy_until.load(Ordering::Relaxed).saturating_sub(now);
        if left == 0 || self.overdue() {
            return false;
        }
        let nap = u64::try_from(tries).unwrap_or(0).saturating_add(1).min(LONGEST_NAP);
        std::thread::sleep(Duration::from_nanos(left.min(nap.saturating_mul(1_000_000))));
        !self.overdue()
    }

    fn overdue(&self) -> bool {
        if self.is_cancelled(self.current.load(Ordering::Relaxed)) {
            return self.end(2);
        }
        match self.deadline.load(Ordering::Relaxed) {
            NEVER => false,
            deadline => self.now() >= deadline && self.end(1),
        }
    }

    fn end(&self, why: u8) -> bool {
        self.ended.store(why, Ordering::Relaxed);
        true
    }

    fn now(&self) -> u64 {
        nanos(self.epoch.elapsed())
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(NEVER - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancel_hits_its_job_and_no_later_one() {
        let control = Control::new(None, Duration::ZERO, Duration::ZERO);
        control.start(7);
        assert!(!control.on_progress());
        control.cancel(7);
        assert!(control.on_progress());
        assert_eq!(control.ended(), Ended::Cancelled);
        control.start(8);
        assert!(!control.on_progress());
        control.start_shielded();
        control.cancel(8);
        assert!(!control.on_progress());
    }

    #[test]
    fn a_job_in_place_never_waits() {
        let control = Control::new(None, Duration::from_secs(5), Duration::ZERO);
        control.start_in_place();
        assert!(!control.on_busy(0));
        assert_eq!(control.ended(), Ended::Budget);
        control.start_in_place();
        assert!(!control.on_progress());
        assert!(control.on_progress());
        control.start_to_its_end();
        assert!(!control.on_busy(0));
        assert_eq!(control.ended(), Ended::Budget);
    }

    #[test]
    fn only_its_time_out_ends_a_job_that_runs_to_its_end() {
        let control = Control::new(None, Duration::ZERO, Duration::ZERO);
        control.start_to_its_end();
        control.cancel(7);
        assert!((0..10).all(|_| !control.on_progress()));
        std::thread::sleep(Duration::from_micros(1));
        assert!(control.has_spent_little());
        assert!(control.took_too_long() && !control.has_spent_little());
        control.start_transaction();
        assert!(control.has_spent_little());

        let control = Control::new(Some(Duration::ZERO), Duration::ZERO, Duration::from_mins(1));
        control.start_to_its_end();
        assert!(control.on_progress());
        assert_eq!(control.ended(), Ended::Timeout);
        assert!(!control.took_too_long());
    }

    #[test]
    fn nothing_ends_a_commit_but_waiting() {
        let control = Control::new(Some(Duration::ZERO), Duration::from_secs(5), Duration::ZERO);
        control.start(1);
        control.commits();
        control.cancel(1);
        assert!(!control.on_progress());
        assert!(!control.on_busy(0));
        assert_eq!(control.ended(), Ended::Cancelled);
        control.start(2);
        assert!(control.on_progress());
    }
}
