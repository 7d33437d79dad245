//! Prepared statements of one connection by their text, the least recently used closed first.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use mysql_async::Statement;
use orm_core::compile::SqlText;

/// Longer texts, such as an insert of a thousand rows, are not worth their memory: one of them is kept at a time.
const LONGEST_KEPT: usize = 32 * 1024;

/// The statements that are open in the server.
///
/// `mysql_async` has a cache of its own, but it parses the text for named parameters on each use, keeps texts of any
/// length, and with a size of 0 leaves every statement open in the server.
#[derive(Debug)]
pub(crate) struct Statements {
    capacity: usize,
    /// By the number of the text. Two texts with the same number displace each other, which costs time and nothing else.
    kept: HashMap<u64, Kept, BuildHasherDefault<Identity>>,
    /// The last statement that is not worth keeping.
    last: Option<(SqlText, Prepared)>,
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
    text: SqlText,
    prepared: Prepared,
    used: u64,
}

impl Statements {
    pub(crate) fn new(capacity: usize) -> Self {
        Statements { capacity, kept: HashMap::default(), last: None, clock: 0 }
    }

    /// The statement of this text, if it is prepared.
    pub(crate) fn get(&mut self, text: &SqlText) -> Option<Prepared> {
        self.clock += 1;
        if let Some(kept) = self.kept.get_mut(&text.number())
            && kept.text == *text
        {
            kept.used = self.clock;
            return Some(kept.prepared.clone());
        }
        match &self.last {
            Some((last, prepared)) if last == text => Some(prepared.clone()),
            _ => None,
        }
    }

    /// Makes room for a new statement of this text: the one to close in the server, if any.
    pub(crate) fn make_room(&mut self, text: &SqlText) -> Option<Statement> {
        if self.is_worth_keeping(text) {
            let displaced = if self.kept.contains_key(&text.number()) {
                text.number()
            } else if self.kept.len() < self.capacity {
                return None;
            } else {
                self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(number, _)| *number)?
            };
            self.kept.remove(&displaced).map(|kept| kept.prepared.statement)
        } else {
            self.last.take().map(|(_, prepared)| prepared.statement)
        }
    }

    /// Keeps a statement. [`Statements::make_room`] was called before.
    pub(crate) fn put(&mut self, text: &SqlText, prepared: Prepared) {
        if self.is_worth_keeping(text) {
            let kept = Kept { text: text.clone(), prepared, used: self.clock };
            self.kept.insert(text.number(), kept);
        } else {
            self.last = Some((text.clone(), prepared));
        }
    }

    /// Forgets a statement that the server no longer knows.
    pub(crate) fn forget(&mut self, text: &SqlText) {
        if self.kept.get(&text.number()).is_some_and(|kept| kept.text == *text) {
            self.kept.remove(&text.number());
        }
        self.last.take_if(|(last, _)| last == text);
    }

    fn is_worth_keeping(&self, text: &str) -> bool {
        self.capacity > 0 && text.len() <= LONGEST_KEPT
    }
}

/// The key is a hash already.
#[derive(Debug, Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
