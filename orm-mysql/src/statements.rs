//! Prepared statements of one connection by their text, the least recently used closed first.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use mysql_async::Statement;

/// Longer texts, such as an insert of a thousand rows, are not worth their memory: one of them is kept at a time.
const LONGEST_KEPT: usize = 32 * 1024;

/// The statements that are open in the server.
///
/// `mysql_async` has a cache of its own, but it parses the text for named parameters on each use, keeps texts of any
/// length, and with a size of 0 leaves every statement open in the server.
#[derive(Debug)]
pub(crate) struct Statements {
    capacity: usize,
    kept: HashMap<Box<str>, Kept, BuildHasherDefault<TextHasher>>,
    /// The last statement that is not worth keeping.
    last: Option<(Box<str>, Prepared)>,
    clock: u64,
}

/// A statement that the server has prepared.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    /// Running it changes the session beyond what a transaction undoes.
    pub(crate) stains: bool,
}

#[derive(Debug)]
struct Kept {
    prepared: Prepared,
    used: u64,
}

impl Statements {
    pub(crate) fn new(capacity: usize) -> Self {
        Statements { capacity, kept: HashMap::default(), last: None, clock: 0 }
    }

    /// The statement of this text, if it is prepared.
    pub(crate) fn get(&mut self, text: &str) -> Option<Prepared> {
        self.clock += 1;
        if let Some(kept) = self.kept.get_mut(text) {
            kept.used = self.clock;
            return Some(kept.prepared.clone());
        }
        match &self.last {
            Some((last, prepared)) if **last == *text => Some(prepared.clone()),
            _ => None,
        }
    }

    /// Makes room for a new statement of this text: the one to close in the server, if any.
    pub(crate) fn make_room(&mut self, text: &str) -> Option<Statement> {
        if self.is_worth_keeping(text) {
            if self.kept.len() < self.capacity {
                return None;
            }
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(text, _)| text.clone())?;
            self.kept.remove(&oldest).map(|kept| kept.prepared.statement)
        } else {
            self.last.take().map(|(_, prepared)| prepared.statement)
        }
    }

    /// Keeps a statement. [`Statements::make_room`] was called before.
    pub(crate) fn put(&mut self, text: &str, prepared: Prepared) {
        if self.is_worth_keeping(text) {
            self.kept.insert(text.into(), Kept { prepared, used: self.clock });
        } else {
            self.last = Some((text.into(), prepared));
        }
    }

    /// Forgets a statement that the server no longer knows.
    pub(crate) fn forget(&mut self, text: &str) {
        self.kept.remove(text);
        self.last.take_if(|(last, _)| **last == *text);
    }

    fn is_worth_keeping(&self, text: &str) -> bool {
        self.capacity > 0 && text.len() <= LONGEST_KEPT
    }
}

/// A quick hash, eight bytes a step. Texts come from the program, so it need not withstand an attack.
#[derive(Debug, Default)]
struct TextHasher(u64);

impl TextHasher {
    fn mix(&mut self, word: u64) {
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        for byte in rest {
            self.mix(u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        // The map looks at the lowest and the highest bits.
        self.0 ^ (self.0 >> 32)
    }
}
