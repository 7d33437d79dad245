//! Chance, cheap and good enough to keep things from happening all at once.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Draws durations from the hash of a counter; the hash's keys are random for each pool.
#[derive(Default)]
pub(in crate::exec) struct Jitter {
    keys: RandomState,
    drawn: AtomicU32,
}

impl Jitter {
    /// A duration from zero to just below `most`.
    pub(in crate::exec) fn below(&self, most: Duration) -> Duration {
        let hash = self.keys.hash_one(self.drawn.fetch_add(1, Ordering::Relaxed));
        let thousandths = u32::try_from(hash % 1000).unwrap_or_default();
        most / 1000 * thousandths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_spread_over_the_whole_range() {
        let jitter = Jitter::default();
        let mut tenths = [0_u32; 10];
        for _ in 0..10_000 {
            let drawn = jitter.below(Duration::from_secs(10));
            assert!(drawn < Duration::from_secs(10));
            tenths[usize::try_from(drawn.as_secs()).unwrap()] += 1;
        }
        assert!(tenths.iter().all(|count| (800..1200).contains(count)), "{tenths:?}");
    }
}
