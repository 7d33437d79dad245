//! Counts requests in this process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Counts of the present minute. Those of the last one are thrown away as a whole, so nothing ever piles up.
#[derive(Default)]
pub(super) struct Memory(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    window: u64,
    of_user: HashMap<i64, u32>,
}

impl Memory {
    /// How many requests of the user there are, this one included. Nothing awaits while the lock is held.
    pub(super) fn count(&self, user: i64, window: u64) -> u32 {
        // Numbers cannot be left half-written by a panic.
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Not `!=`: a request that was held up between clock and lock must not bring the last minute back.
        if counts.window < window {
            *counts = Counts { window, of_user: HashMap::new() };
        }
        let count = counts.of_user.entry(user).or_default();
        *count = count.saturating_add(1);
        *count
    }
}
