//! The time of one database, as tests want it.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// What time it is for one database: what `auto_now` and `auto_now_add` write there.
///
/// Until it is set it is the time of the machine. It belongs to the database, so it goes with it into spawned tasks, and
/// tests that run at the same time do not disturb each other.
pub struct Clock {
    stopped: Mutex<Option<DateTime<Utc>>>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Clock { stopped: Mutex::new(None) }
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.with(|stopped| stopped.unwrap_or_else(Utc::now))
    }

    /// Stops the clock at a time.
    pub fn set(&self, now: DateTime<Utc>) {
        self.with(|stopped| *stopped = Some(now));
    }

    /// Puts the clock forward (back, by a negative length), and stops it there. At the end of the calendar it stays.
    pub fn advance(&self, by: TimeDelta) {
        self.with(|stopped| {
            let now = stopped.unwrap_or_else(Utc::now);
            *stopped = Some(now.checked_add_signed(by).unwrap_or(now));
        });
    }

    /// Gives it the time of the machine again.
    pub fn reset(&self) {
        self.with(|stopped| *stopped = None);
    }

    fn with<R>(&self, look: impl FnOnce(&mut Option<DateTime<Utc>>) -> R) -> R {
        look(&mut self.stopped.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
