//! What an advisory lock is on, in the forms that databases take.

use std::fmt;

/// Longest name that MySQL and MariaDB take.
const LONGEST: usize = 64;

/// What an advisory lock is on: a name, or a number of the program's own. See `Transaction::advisory_lock`.
///
/// ```
/// # use orm_core::backend::LockKey;
/// let by_name = LockKey::from("nightly import");
/// let by_number = LockKey::from(42);
/// assert_eq!(by_number.number(), 42);
/// # assert_ne!(by_name, by_number);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LockKey(Key);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Number(i64),
    Name(String),
}

impl LockKey {
    /// The key as a number of 64 bits: a number itself, or the FNV-1a hash of a name in UTF-8. It stays the same for
    /// ever, so that a program in another language can have the same lock.
    pub fn number(&self) -> i64 {
        match &self.0 {
            Key::Number(number) => *number,
            Key::Name(name) => fnv1a([name.as_bytes()]).cast_signed(),
        }
    }

    /// The key as a name that no key of another database on the same server has: of 64 plain characters at most, so
    /// that it can be read in the server's lists, and told apart by its end where the server takes capital letters for
    /// small ones.
    pub fn name_within(&self, database: &str) -> String {
        let (kind, text) = match &self.0 {
            Key::Number(number) => ("n", number.to_string()),
            Key::Name(name) => ("t", name.clone()),
        };
        let hash = fnv1a([database.as_bytes(), kind.as_bytes(), text.as_bytes()]);
        let tail = format!("#{hash:016x}");
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':');
        let readable =
            text.chars().map(|letter| if plain(letter) { letter.to_ascii_lowercase() } else { '_' });
        readable.take(LONGEST.saturating_sub(tail.len())).chain(tail.chars()).collect()
    }
}

impl From<i64> for LockKey {
    fn from(number: i64) -> Self {
        LockKey(Key::Number(number))
    }
}

impl From<&str> for LockKey {
    fn from(name: &str) -> Self {
        LockKey(Key::Name(name.to_owned()))
    }
}

impl From<String> for LockKey {
    fn from(name: String) -> Self {
        LockKey(Key::Name(name))
    }
}

impl From<&String> for LockKey {
    fn from(name: &String) -> Self {
        LockKey(Key::Name(name.clone()))
    }
}

impl fmt::Debug for LockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Key::Number(number) => number.fmt(f),
            Key::Name(name) => name.fmt(f),
        }
    }
}

/// FNV-1a of the parts, with a zero between two of them.
fn fnv1a<const N: usize>(parts: [&[u8]; N]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (at, part) in parts.into_iter().enumerate() {
        let between = if at == 0 { &[][..] } else { &[0] };
        for byte in between.iter().chain(part) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_number_that_everybody_calculates() {
        // Published values of FNV-1a.
        assert_eq!(LockKey::from("").number(), 0xcbf2_9ce4_8422_2325_u64.cast_signed());
        assert_eq!(LockKey::from("foobar").number(), 0x8594_4171_f739_67e8_u64.cast_signed());
        assert_eq!(LockKey::from(-7).number(), -7);
    }

    #[test]
    fn names_are_short_plain_and_tell_keys_apart() {
        let long = "x".repeat(200);
        let keys: [LockKey; 8] = [
            "".into(),
            "Import".into(),
            "import".into(),
            "7".into(),
            7.into(),
            "o'clock` \\ é\0".into(),
            long.as_str().into(),
            format!("{long}y").into(),
        ];
        let mut names: Vec<String> =
            ["shop", "other"].iter().flat_map(|db| keys.iter().map(|key| key.name_within(db))).collect();
        for name in &names {
            assert!(name.len() <= LONGEST, "{name}");
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.:#".contains(&b))
            );
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 16);
        assert!(keys[1].name_within("shop").starts_with("import#"));
    }
}
