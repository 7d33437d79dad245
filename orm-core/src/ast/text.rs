//! What is asked of text: searches, regular expressions, and the collation it is compared by.

use super::{Expr, Mistake, Node};
use crate::error::Error;
use crate::value::Value;

/// Where text must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextMatchKind {
    /// Anywhere.
    Contains,
    /// At the start.
    StartsWith,
    /// At the end.
    EndsWith,
    /// As the whole.
    Exact,
}

/// A search for literal text; nothing in it is a wildcard.
#[derive(Clone, Debug, PartialEq)]
pub struct TextMatch {
    /// Where it must be found.
    pub kind: TextMatchKind,
    /// Whether case is ignored.
    pub ignore_case: bool,
    /// The text searched.
    pub expr: Expr,
    /// The text searched for: mostly a value, which is escaped before it is bound.
    pub text: Expr,
}

/// A match against a regular expression in the database's own syntax.
#[derive(Clone, Debug, PartialEq)]
pub struct Regex {
    /// The text.
    pub expr: Expr,
    /// The pattern.
    pub pattern: Expr,
    /// Whether case is ignored.
    pub ignore_case: bool,
}

/// Text that compares and sorts by a collation.
#[derive(Clone, Debug, PartialEq)]
pub struct Collate {
    /// The text.
    pub expr: Expr,
    /// The collation's name in the database; checked by [`Node::collate`].
    pub collation: String,
}

impl Node {
    /// A search for literal text.
    #[must_use]
    pub fn text_match(self, kind: TextMatchKind, ignore_case: bool, text: Node) -> Self {
        self.binary(text, |expr, text| Expr::TextMatch(Box::new(TextMatch { kind, ignore_case, expr, text })))
    }

    /// A regular expression.
    #[must_use]
    pub fn regex(self, pattern: Node, ignore_case: bool) -> Self {
        self.binary(pattern, |expr, pattern| Expr::Regex(Box::new(Regex { expr, pattern, ignore_case })))
    }

    /// The text by a collation of the database's own.
    #[must_use]
    pub fn collate(self, collation: &str) -> Self {
        // What collations are called anywhere: `NOCASE`, `utf8mb4_0900_ai_ci`, `de-x-icu`, `de_DE.utf8`, `de_DE@euro`.
        let is_named = |character: char| character.is_ascii_alphanumeric() || "_-.@".contains(character);
        if collation.is_empty() || collation.len() > 63 || !collation.chars().all(is_named) {
            let error = Error::InvalidQuery(
                "a collation's name has 1 to 63 letters, digits, `_`, `-`, `.` and `@`".into(),
            );
            return Node::leaf(Expr::Mistaken(Mistake(error.into())));
        }
        let collation = collation.to_owned();
        self.unary(|expr| Expr::Collate(Box::new(Collate { expr: *expr, collation })))
    }
}

impl TextMatch {
    /// The text searched for, where it is a value.
    pub fn literal(&self) -> Option<&str> {
        literal(&self.text)
    }
}

impl Regex {
    /// The pattern, where it is a value.
    pub fn literal(&self) -> Option<&str> {
        literal(&self.pattern)
    }
}

fn literal(text: &Expr) -> Option<&str> {
    match text {
        Expr::Value(Value::Text(text)) => Some(text),
        _ => None,
    }
}
