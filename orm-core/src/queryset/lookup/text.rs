//! Lookups of text. What is searched for is literal: `%`, `_` and `\` mean themselves.

use std::marker::PhantomData;

use crate::ast::{Node, TextMatchKind};
use crate::queryset::expression::{Base, Expr, Expression, Predicate};
use crate::queryset::into_expr::IntoExpr;
use crate::value::Nullability;

/// Types stored as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    label = "this works on text",
    note = "text lookups and functions work on `String` fields"
)]
pub trait TextType {}

impl TextType for String {}

/// Text to search for or to put in: a value, or an expression of text over rows of `S`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    label = "expected a `&str`, a `String`, or an expression of text in the same query"
)]
pub trait IntoText<S> {
    /// Whether it can be NULL.
    type Null: Nullability;
    /// The scope of both together.
    type Scope;

    /// The untyped tree.
    fn into_text(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<S, V: IntoExpr<String, S>> IntoText<S> for V {
    type Null = V::Null;
    type Scope = V::Scope;

    fn into_text(self) -> Node {
        self.into_operand()
    }
}

/// Searches in text. The names that start with `i` ignore case; the others respect it on every database.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// assert_eq!(Post::objects().filter(|p| p.title.icontains("SPOON")).count(&db).await?, 1);
/// assert_eq!(Post::objects().filter(|p| p.title.contains("100%")).count(&db).await?, 1);
/// assert_eq!(Post::objects().filter(|p| p.title.startswith("h")).count(&db).await?, 0);
/// assert_eq!(Post::objects().filter(|p| p.title.regex("^[A-Z]")).count(&db).await?, 2);
///
/// // What is searched for may be an expression; the database escapes what it holds.
/// let own = Post::objects().filter(|p| p.author.email.startswith(p.author.username));
/// assert_eq!(own.count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
pub trait TextLookups: Expression {
    // Written out, as in `CompareLookups`.

    /// Contains `text`.
    fn contains<V>(self, text: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr {
            node: self.into_node().text_match(TextMatchKind::Contains, false, text.into_text()),
            marker: PhantomData,
        }
    }

    /// Contains `text`, in any case.
    fn icontains<V>(self, text: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr {
            node: self.into_node().text_match(TextMatchKind::Contains, true, text.into_text()),
            marker: PhantomData,
        }
    }

    /// Starts with `text`.
    fn startswith<V>(self, text: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr {
            node: self.into_node().text_match(TextMatchKind::StartsWith, false, text.into_text()),
            marker: PhantomData,
        }
    }

    /// Starts with `text`, in any case.
    fn istartswith<V>(self, text: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr {
            node: self.into_node().text_match(TextMatchKind::StartsWith, true, text.into_text()),
            marker: PhantomData,
        }
    }

    /// Ends with `text`.
    fn endswith<V>(self, text: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr {
            node: self.into_node().text_match(TextMatchKind::EndsWith, false, text.into_text()),
            marker: PhantomData,
        }
    }

    /// Ends with `text`, in any case.
    fn iendswith<V>(self, text: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr {
            node: self.into_node().text_match(TextMatchKind::EndsWith, true, text.into_text()),
            marker: PhantomData,
        }
    }

    /// Equals `text`, in any case.
    fn iexact<V>(self, text: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr {
            node: self.into_node().text_match(TextMatchKind::Exact, true, text.into_text()),
            marker: PhantomData,
        }
    }

    /// Matches a regular expression somewhere. The syntax is the database's own; what
    /// POSIX, PCRE, ICU and Rust's `regex` share works everywhere.
    fn regex<V>(self, pattern: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr { node: self.into_node().regex(pattern.into_text(), false), marker: PhantomData }
    }

    /// Matches a regular expression somewhere, in any case.
    fn iregex<V>(self, pattern: V) -> Predicate<V::Scope>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        Expr { node: self.into_node().regex(pattern.into_text(), true), marker: PhantomData }
    }
}

impl<E: Expression> TextLookups for E {}
