//! The prepared statements of one connection, the least recently used closed first.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use orm_core::compile::SqlText;
use orm_core::value::Value;
use tokio_postgres::Statement;

use crate::types::{Declared, declared};

/// Statements by text and kinds of parameters (the same text with another kind is another statement).
///
/// A look-up allocates nothing: the map's key is a hash of text and kinds, and the entry holds both to be compared. A text that
/// is kept, too, where it was compiled, is mostly the very same and not looked at again.
/// Two texts with the same hash displace each other, which costs time and nothing else.
pub(crate) struct StatementCache {
    entries: HashMap<u64, Entry, BuildHasherDefault<Identity>>,
    capacity: usize,
    clock: u64,
}

/// A statement kept.
struct Entry {
    sql: SqlText,
    kinds: Box<[Declared]>,
    prepared: Prepared,
    used: u64,
}

/// A statement ready to run.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    /// Whether it leaves something behind in the session.
    pub(crate) taints: bool,
}

impl StatementCache {
    pub(crate) fn new(capacity: usize) -> Self {
        StatementCache { entries: HashMap::default(), capacity, clock: 0 }
    }

    /// The kept statement.
    #[inline]
    pub(crate) fn find(&mut self, sql: &SqlText, params: &[Value]) -> Option<Prepared> {
        self.clock += 1;
        let entry = self.entries.get_mut(&hash(sql, params))?;
        if !entry.is_for(sql, params) {
            return None;
        }
        entry.used = self.clock;
        Some(entry.prepared.clone())
    }

    /// Keeps a statement. One dropped for it is closed in the server by tokio-postgres, without waiting.
    pub(crate) fn insert(&mut self, sql: &SqlText, params: &[Value], prepared: Prepared) {
        if self.capacity == 0 {
            return;
        }
        let key = hash(sql, params);
        if self.entries.len() >= self.capacity && !self.entries.contains_key(&key) {
            // Looking at all of them is cheap beside the round trip that has just prepared the new one.
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| *key);
            if let Some(oldest) = oldest {
                self.entries.remove(&oldest);
            }
        }
        let kinds = params.iter().map(declared).collect();
        self.entries.insert(key, Entry { sql: sql.clone(), kinds, prepared, used: self.clock });
    }

    /// Forgets a statement.
    pub(crate) fn remove(&mut self, sql: &SqlText, params: &[Value]) {
        self.entries.remove(&hash(sql, params));
    }

    /// Forgets all statements.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

impl Entry {
    fn is_for(&self, sql: &SqlText, params: &[Value]) -> bool {
        self.sql == *sql
            && self.kinds.len() == params.len()
            && self.kinds.iter().zip(params).all(|(kind, value)| *kind == declared(value))
    }
}

/// A quick hash: matches are compared in full.
#[inline]
fn hash(sql: &SqlText, params: &[Value]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let kinds = params.iter().fold(sql.number(), |state, value| {
        let (kind, is_array) = declared(value);
        (state.rotate_left(23) ^ ((kind as u64) << 1 | u64::from(is_array))).wrapping_mul(FACTOR)
    });
    kinds ^ (kinds >> 32)
}

/// The key is a hash already.
#[derive(Default)]
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

#[cfg(test)]
mod tests {
    use orm_core::value::{Array, ValueKind};

    use super::*;

    #[test]
    fn text_and_kinds_both_count() {
        let texts = ["SELECT 1", "SELECT 2", "SELECT 11", "SELECT $1", "", "12345678", "123456789"];
        let params = [
            vec![],
            vec![Value::I32(1)],
            vec![Value::I64(1)],
            vec![Value::Array(Array::new(ValueKind::I64, vec![Value::I64(1)]).expect("integers"))],
            vec![Value::Null(ValueKind::Text), Value::I32(1)],
        ];
        let mut seen = std::collections::HashSet::new();
        for text in texts {
            for params in &params {
                assert!(seen.insert(hash(&text.into(), params)), "{text} {params:?}");
                assert_eq!(hash(&text.into(), params), hash(&String::from(text).into(), &params.clone()));
            }
        }
        let hash = |params: &[Value]| hash(&"a".into(), params);
        assert_eq!(hash(&[Value::I32(1)]), hash(&[Value::I32(2)]));
        assert_eq!(hash(&[Value::I32(1)]), hash(&[Value::Null(ValueKind::I32)]));
    }
}
