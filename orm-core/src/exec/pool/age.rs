//! When a connection is too old.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::exec::jitter::Jitter;

/// A fifth of the pool may be replaced in this time, a little more than a second: no second then sees more than a fifth.
const FIFTH: Duration = Duration::from_millis(1200);

/// Replacements that could have been in this time, and were not, may be made up for.
const CREDIT: Duration = Duration::from_millis(100);

/// Longest time by which a connection may outlive `max_age` for want of a turn.
const GRACE: Duration = Duration::from_secs(10);

/// Draws lifetimes and keeps connections that were opened together from being replaced together.
///
/// A connection's time is up at 80 to 100 % of `max_age`, drawn when it is opened. It is then replaced when it is
/// its turn: in one second at most a fifth of the pool goes (of a small pool, one), unless `max_age` is so short that
/// this would let connections live on for long.
pub(super) struct Lifetimes {
    max_age: Option<Duration>,
    jitter: Jitter,
    /// Time between two turns.
    pace: Duration,
    grace: Duration,
    /// The next turn.
    turn: Mutex<Option<Instant>>,
}

/// The times of one connection.
pub(super) struct Lifetime {
    up: Instant,
    overdue: Instant,
}

impl Lifetimes {
    pub(super) fn new(max_age: Option<Duration>, max: usize) -> Self {
        let parts = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).max(1);
        let grace = max_age.map_or(GRACE, |age| GRACE.min(age / 5 * 3));
        // The turns of all must fit into the time from the first whose time is up to when the last is overdue.
        let pace = (FIFTH / parts(max / 5)).min(grace / parts(max));
        Lifetimes { max_age, jitter: Jitter::default(), pace, grace, turn: Mutex::new(None) }
    }

    /// A lifetime from now on; `None` never ends.
    pub(super) fn draw(&self) -> Option<Lifetime> {
        let max_age = self.max_age?;
        let now = Instant::now();
        Some(Lifetime {
            up: now.checked_add(max_age.saturating_sub(self.jitter.below(max_age / 5)))?,
            overdue: now.checked_add(max_age.checked_add(self.grace)?)?,
        })
    }

    /// True when the connection is to be replaced now; the caller then does it.
    pub(super) fn ends(&self, lifetime: &Lifetime, now: Instant) -> bool {
        if !lifetime.is_past(now) {
            return false;
        }
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = now.checked_sub(CREDIT).unwrap_or(now);
        let mine = turn.unwrap_or(earliest).max(earliest);
        if mine > now && now < lifetime.overdue {
            return false;
        }
        *turn = mine.checked_add(self.pace);
        true
    }
}

impl Lifetime {
    pub(super) fn is_past(&self, now: Instant) -> bool {
        now >= self.up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_lie_between_four_fifths_and_all_of_max_age() {
        let lifetimes = Lifetimes::new(Some(Duration::from_secs(100)), 10);
        let now = Instant::now();
        let ages: Vec<_> =
            (0..1000).filter_map(|_| lifetimes.draw()).map(|l| (l.up - now).as_secs_f64()).collect();
        let shortest = ages.iter().copied().fold(f64::MAX, f64::min);
        let longest = ages.iter().copied().fold(0.0, f64::max);
        assert!(
            (80.0..81.0).contains(&shortest) && (99.0..101.0).contains(&longest),
            "{shortest}..{longest}"
        );
    }

    #[test]
    fn no_max_age_and_one_beyond_the_clock_never_end() {
        assert!(Lifetimes::new(None, 1).draw().is_none());
        assert!(Lifetimes::new(Some(Duration::MAX), 1).draw().is_none());
    }

    #[test]
    fn no_more_than_a_fifth_ends_in_a_second() {
        let lifetimes = Lifetimes::new(Some(Duration::from_secs(10)), 100);
        let start = Instant::now();
        let mut open: Vec<_> = (0..100).filter_map(|_| lifetimes.draw()).collect();
        let mut ended = Vec::new();
        for tick in 0_u32..1700 {
            let now = start + Duration::from_millis(10) * tick;
            open.retain(|lifetime| {
                let ends = lifetimes.ends(lifetime, now);
                ended.extend(ends.then_some(tick));
                !ends
            });
        }
        assert!(open.is_empty() && ended.first() >= Some(&800) && ended.last() <= Some(&1600), "{ended:?}");
        for (at, first) in ended.iter().enumerate() {
            let within = ended[at..].iter().take_while(|&tick| *tick < first + 100).count();
            assert!(within <= 20, "{within} within the second after tick {first}: {ended:?}");
        }
    }
}
