//! The prepared statements of one connection, the least recently used closed first.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use orm_core::value::Value;
use tokio_postgres::Statement;

use crate::types::{Declared, declared};

/// Statements by text and kinds of parameters (the same text with another kind is another statement).
///
/// A look-up allocates nothing: the map's key is a hash of text and kinds, and the entry holds both to be compared.
/// Two texts with the same hash displace each other, which costs time and nothing else.
pub(crate) struct StatementCache {
    entries: HashMap<u64, Entry, BuildHasherDefault<Identity>>,
    capacity: usize,
    clock: u64,
}

/// A statement kept.
struct Entry {
    sql: Box<str>,
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
    pub(crate) fn find(&mut self, sql: &str, params: &[Value]) -> Option<Prepared> {
        self.clock += 1;
        let entry = self.entries.get_mut(&hash(sql, params))?;
        if !entry.is_for(sql, params) {
            return None;
        }
        entry.used = self.clock;
        Some(entry.prepared.clone())
    }

    /// Keeps a statement. One dropped for it is closed in the server by tokio-postgres, without waiting.
    pub(crate) fn insert(&mut self, sql: &str, params: &[Value], prepared: Prepared) {
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
        self.entries.insert(key, Entry { sql: sql.into(), kinds, prepared, used: self.clock });
    }

    /// Forgets a statement.
    pub(crate) fn remove(&mut self, sql: &str, params: &[Value]) {
        self.entries.remove(&hash(sql, params));
    }

    /// Forgets all statements.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

impl Entry {
    fn is_for(&self, sql: &str, params: &[Value]) -> bool {
        *self.sql == *sql
            && self.kinds.len() == params.len()
            && self.kinds.iter().zip(params).all(|(kind, value)| *kind == declared(value))
    }
}

/// A quick hash, eight bytes a step. Texts come from the program and matches are compared in full, so it need not
/// withstand an attack.
fn hash(sql: &str, params: &[Value]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |state: u64, word: u64| (state.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = sql.as_bytes().as_chunks::<8>();
    let mut state = sql.len() as u64;
    for word in words {
        state = mix(state, u64::from_le_bytes(*word));
    }
    for byte in rest {
        state = mix(state, u64::from(*byte));
    }
    for value in params {
        let (kind, is_array) = declared(value);
        state = mix(state, (kind as u64) << 1 | u64::from(is_array));
    }
    state ^ (state >> 32)
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
                assert!(seen.insert(hash(text, params)), "{text} {params:?}");
                assert_eq!(hash(text, params), hash(&String::from(text), &params.clone()));
            }
        }
        assert_eq!(hash("a", &[Value::I32(1)]), hash("a", &[Value::I32(2)]));
        assert_eq!(hash("a", &[Value::I32(1)]), hash("a", &[Value::Null(ValueKind::I32)]));
    }
}
