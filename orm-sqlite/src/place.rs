//! Which statements are worth trying on their caller's thread.

use std::sync::atomic::{AtomicU8, Ordering};

use orm_core::compile::CompiledSql;
use orm_core::value::ValueRef;

/// Bytes of values that are written in place: storing one is a single step, however long it is.
const SHORT: usize = 16 * 1024;

/// Runs of a statement that go straight to the worker after one that took too long in place.
const PENANCE: u8 = 63;
const SLOTS: usize = 256;

/// Statements that took too long not long ago, by a hash of their text. Two texts in one slot share their fate, which
/// costs a hop and nothing else.
pub(crate) struct LongReads([AtomicU8; SLOTS]);

impl LongReads {
    pub(crate) fn new() -> Self {
        LongReads([const { AtomicU8::new(0) }; SLOTS])
    }

    /// True when the text is to go to the worker this time.
    pub(crate) fn expects(&self, sql: &str) -> bool {
        let Some(slot) = self.slot(sql) else { return true };
        let left = slot.load(Ordering::Relaxed);
        if left == 0 {
            return false;
        }
        // Two callers at once may count one down together: the number is no more than a hint.
        slot.store(left.saturating_sub(1), Ordering::Relaxed);
        true
    }

    /// The text took too long.
    pub(crate) fn learn(&self, sql: &str) {
        if let Some(slot) = self.slot(sql) {
            slot.store(PENANCE, Ordering::Relaxed);
        }
    }

    fn slot(&self, sql: &str) -> Option<&AtomicU8> {
        let hash = hash(sql.as_bytes());
        self.0.get(usize::try_from(hash >> 56).ok()? % SLOTS)
    }
}

/// Eight bytes a step: texts are a few hundred bytes, and this runs once per statement.
fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let step =
        |hash: u64, chunk: [u8; 8]| (hash.rotate_left(5) ^ u64::from_le_bytes(chunk)).wrapping_mul(FACTOR);
    step(chunks.iter().fold(FACTOR, |hash, chunk| step(hash, *chunk)), last)
}

/// Whether a statement that writes may be short: it changes rows, none of its steps is long by itself, as emptying a table is,
/// and its values are small.
pub(crate) fn is_short_write(sql: &CompiledSql) -> bool {
    let changes_rows = match sql.sql.as_bytes() {
        [b'I', b'N', b'S', b'E', b'R', b'T', b' ', ..] | [b'U', b'P', b'D', b'A', b'T', b'E', b' ', ..] => {
            true
        }
        [b'D', b'E', b'L', b'E', b'T', b'E', b' ', ..] => sql.sql.contains(" WHERE "),
        _ => false,
    };
    sql.runs == 1 && changes_rows && bytes(sql) <= SHORT
}

/// The bytes of a statement's values, about.
pub(crate) fn bytes(sql: &CompiledSql) -> usize {
    let rows = sql.rows.as_deref();
    let of_rows = rows.into_iter().flat_map(|rows| (0..rows.len()).flat_map(|row| rows.row(row)));
    of_rows
        .chain(sql.params.iter().map(ValueRef::from))
        .fold(0, |sum, value| sum.saturating_add(length(value)))
}

fn length(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(text) | ValueRef::Json(text) => text.len(),
        ValueRef::Bytes(bytes) => bytes.len(),
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_read_is_tried_again_after_a_while() {
        let reads = LongReads::new();
        let (long, short) = ("SELECT * FROM a_large_table", "SELECT * FROM a_large_table WHERE id = ?1");
        reads.learn(long);
        assert!(!reads.expects(short));
        assert_eq!((0..100).take_while(|_| reads.expects(long)).count(), usize::from(PENANCE));
    }
}
