//! Lookups of text. What is searched for is literal: `%`, `_` and `\` mean themselves.

use crate::ast::TextMatchKind;
use crate::queryset::expression::{Base, Expr, Expression, Predicate};

/// Types stored as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    label = "this lookup searches in text",
    note = "text lookups work on `String` fields"
)]
pub trait TextType {}

impl TextType for String {}

fn search<E: Expression>(
    expr: E,
    kind: TextMatchKind,
    ignore_case: bool,
    text: String,
) -> Predicate<E::Scope> {
    Expr::new(expr.into_node().text_match(kind, ignore_case, text))
}

/// Searches in text. The names that start with `i` ignore case; the others respect it on every database.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// assert_eq!(Post::objects().filter(|p| p.title.icontains("SPOON")).count(&db).await?, 1);
/// assert_eq!(Post::objects().filter(|p| p.title.contains("100%")).count(&db).await?, 1);
/// assert_eq!(Post::objects().filter(|p| p.title.startswith("h")).count(&db).await?, 0);
/// assert_eq!(Post::objects().filter(|p| p.title.regex("^[A-Z]")).count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
pub trait TextLookups: Expression {
    // Written out, not by a macro, which the compiler's messages would show.

    /// Contains `text`.
    fn contains(self, text: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        search(self, TextMatchKind::Contains, false, text.into())
    }

    /// Contains `text`, in any case.
    fn icontains(self, text: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        search(self, TextMatchKind::Contains, true, text.into())
    }

    /// Starts with `text`.
    fn startswith(self, text: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        search(self, TextMatchKind::StartsWith, false, text.into())
    }

    /// Starts with `text`, in any case.
    fn istartswith(self, text: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        search(self, TextMatchKind::StartsWith, true, text.into())
    }

    /// Ends with `text`.
    fn endswith(self, text: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        search(self, TextMatchKind::EndsWith, false, text.into())
    }

    /// Ends with `text`, in any case.
    fn iendswith(self, text: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        search(self, TextMatchKind::EndsWith, true, text.into())
    }

    /// Equals `text`, in any case.
    fn iexact(self, text: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        search(self, TextMatchKind::Exact, true, text.into())
    }

    /// Matches a regular expression somewhere. The syntax is the database's own; what
    /// POSIX, PCRE, ICU and Rust's `regex` share works everywhere.
    fn regex(self, pattern: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        Expr::new(self.into_node().regex(pattern.into(), false))
    }

    /// Matches a regular expression somewhere, in any case.
    fn iregex(self, pattern: impl Into<String>) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        Expr::new(self.into_node().regex(pattern.into(), true))
    }
}

impl<E: Expression> TextLookups for E {}
