//! Lookups of text. What is searched for is literal: `%`, `_` and `\` mean themselves.

use crate::ast::TextMatchKind;
use crate::queryset::expression::{Base, Expr, Expression, Predicate};
use crate::value::FieldType;

/// Types stored as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    label = "this lookup searches in text",
    note = "text lookups work on `String` fields"
)]
pub trait TextType: FieldType {}

impl TextType for String {}

macro_rules! search {
    ($($(#[$doc:meta])* $name:ident $kind:ident $ignore_case:literal;)*) => {$(
        $(#[$doc])*
        fn $name(self, text: impl Into<String>) -> Predicate<Self::Scope>
        where
            Base<Self>: TextType,
        {
            Expr::new(self.into_node().text_match(TextMatchKind::$kind, $ignore_case, text.into()))
        }
    )*};
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
    search! {
        /// Contains `text`.
        contains Contains false;
        /// Contains `text`, in any case.
        icontains Contains true;
        /// Starts with `text`.
        startswith StartsWith false;
        /// Starts with `text`, in any case.
        istartswith StartsWith true;
        /// Ends with `text`.
        endswith EndsWith false;
        /// Ends with `text`, in any case.
        iendswith EndsWith true;
        /// Equals `text`, in any case.
        iexact Exact true;
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
