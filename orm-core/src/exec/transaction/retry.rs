//! How long to wait before a transaction is tried again.

use std::time::Duration;

use crate::exec::jitter::Jitter;

/// The first wait is at most this long; each later one at most twice the one before …
const FIRST: Duration = Duration::from_millis(8);

/// … up to this.
const LONGEST: Duration = Duration::from_millis(500);

/// Waits that grow, drawn by chance so that those who met once do not meet again.
#[derive(Default)]
pub(in crate::exec) struct Backoff {
    jitter: Jitter,
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure.
    pub(in crate::exec) fn next(&mut self) -> Duration {
        let most = FIRST.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.jitter.below(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_limit() {
        let mut longest = [Duration::ZERO; 40];
        for _ in 0..200 {
            let mut backoff = Backoff::default();
            for slot in &mut longest {
                *slot = (*slot).max(backoff.next());
            }
        }
        assert!(longest[0] < FIRST && longest[0] > FIRST / 2);
        assert!(longest[1] > FIRST && longest[2] > FIRST * 2);
        assert!(longest.iter().all(|wait| *wait < LONGEST) && longest[39] > LONGEST / 2);
    }
}
