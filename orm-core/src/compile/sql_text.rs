//! The text of a statement, which is often one that was compiled before.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The text of a statement. One that is kept for the next statement of the same form is shared: to clone it copies nothing,
/// and its [`number`](SqlText::number) is known.
#[derive(Clone)]
pub struct SqlText(Held);

#[derive(Clone)]
enum Held {
    Own(String),
    Kept { text: Arc<str>, number: u64 },
}

impl SqlText {
    /// A text that is kept.
    pub(super) fn kept(text: &str) -> Self {
        SqlText(Held::Kept { text: text.into(), number: number(text) })
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Held::Own(text) => text,
            Held::Kept { text, .. } => text,
        }
    }

    /// A number that equal texts have in common, and others hardly ever: by which drivers find the statements that they have
    /// prepared.
    #[inline]
    pub fn number(&self) -> u64 {
        match &self.0 {
            Held::Own(text) => number(text),
            Held::Kept { number, .. } => *number,
        }
    }

    /// Adds something at the end.
    pub fn push_str(&mut self, text: &str) {
        if let Held::Kept { text: kept, .. } = &self.0 {
            self.0 = Held::Own(String::from(&**kept));
        }
        if let Held::Own(own) = &mut self.0 {
            own.push_str(text);
        }
    }
}

/// A quick one, eight bytes a step. Texts come from the program and are compared in full, so it need not withstand an attack.
fn number(text: &str) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |state: u64, word: u64| (state.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let state = words.iter().fold(text.len() as u64, |state, word| mix(state, u64::from_le_bytes(*word)));
    let state = rest.iter().fold(state, |state, byte| mix(state, u64::from(*byte)));
    // Tables look at the lowest bits, too.
    state ^ (state >> 32)
}

impl Deref for SqlText {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<String> for SqlText {
    fn from(text: String) -> Self {
        SqlText(Held::Own(text))
    }
}

impl From<&str> for SqlText {
    fn from(text: &str) -> Self {
        SqlText(Held::Own(text.into()))
    }
}

impl From<SqlText> for String {
    fn from(text: SqlText) -> Self {
        match text.0 {
            Held::Own(text) => text,
            Held::Kept { text, .. } => String::from(&*text),
        }
    }
}

impl PartialEq for SqlText {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Held::Kept { text: left, .. }, Held::Kept { text: right, .. }) if Arc::ptr_eq(left, right) => {
                true
            }
            _ => self.as_str() == other.as_str(),
        }
    }
}

impl Eq for SqlText {}

impl PartialEq<str> for SqlText {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for SqlText {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for SqlText {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl fmt::Display for SqlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for SqlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_whoever_has_it() {
        for text in ["", "SELECT 1", "SELECT 11", "12345678", "123456789"] {
            let (own, kept) = (SqlText::from(text), SqlText::kept(text));
            assert_eq!((&own, own.number()), (&kept, kept.number()));
            assert_eq!((&kept.clone(), &*own), (&SqlText::kept(text), text));
            assert_ne!(own, SqlText::kept("SELECT 2"));
            assert_ne!(own.number(), SqlText::kept("SELECT 2").number());
        }
    }

    #[test]
    fn what_is_added_to_a_kept_text_is_added_to_a_copy() {
        let kept = SqlText::kept("SELECT 1");
        let mut more = kept.clone();
        more.push_str(" FOR UPDATE");
        assert_eq!((&*more, &*kept), ("SELECT 1 FOR UPDATE", "SELECT 1"));
        assert_eq!(more.number(), SqlText::from(String::from("SELECT 1 FOR UPDATE")).number());
    }
}
