//! Functions of text, under Django's names; positions and lengths count characters.

use crate::ast::{Function, Node, TextFunction};
use crate::queryset::arithmetic::Integral;
use crate::queryset::expression::{Base, Expr, Expression, result_of};
use crate::queryset::into_expr::{IntoExpr, operand};
use crate::queryset::lookup::{IntoText, TextType};
use crate::value::{Nullability, SqlType};

/// Text, nullable where the expression is.
type TextOf<E> = With<<<E as Expression>::Type as SqlType>::Null, String>;

/// A number, nullable where the expression is.
type NumberOf<E> = With<<<E as Expression>::Type as SqlType>::Null, i64>;

/// The type, nullable where `N` is.
type With<N, T> = <N as Nullability>::Apply<T>;

/// The type, nullable where `N` or `M` is.
type WithBoth<N, M, T> = With<M, With<N, T>>;

fn call<S, T: SqlType>(function: TextFunction, args: Vec<Node>) -> Expr<S, T> {
    Expr::new(Node::function(Function::Text(function), args, result_of::<T>()))
}

/// What text is filled up with.
fn fill_text(fill: impl Into<String>) -> Node {
    operand::<String>(fill.into())
}

/// Functions of text: of `String` fields, of newtypes around them, and of what other functions make of them. The result
/// is a `String`, or an `Option` of one where NULL is possible: NULL gives NULL.
///
/// Each can stand wherever a field can: `p.title.lower().eq("x")`, `p.title.length().gt(3)`, in `values`, `order_by` and
/// assignments. Characters are code points: `é` may be one or two.
///
/// A length below zero is zero, a position below one is the first, on every database; what lies behind the end of a text
/// is nothing. A text that becomes longer than the database can hold (1 GB, or `max_allowed_packet`) is an error, but
/// NULL on MySQL and MariaDB.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let short = Post::objects().filter(|p| p.title.trim().length().lt(6) & p.title.lower().startswith("h"));
/// assert_eq!(short.get(&db).await?.title, "Hello");
///
/// let tea = Post::objects().filter(|p| p.title.endswith("tea"));
/// tea.clone().update(&db, |p| p.title.set(p.title.replace("100%", "Some"))).await?;
/// assert_eq!(tea.get(&db).await?.title, "Some tea");
/// # Ok(()) }) }
/// ```
pub trait TextFunctions: Expression {
    // Written out, not by a macro, which the compiler's messages would show.

    /// In lower case, a character for a character. What letters of rare scripts become depends on the database's version of
    /// Unicode.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.lower()).all(&db).await?;
    /// assert_eq!(titles, ["hello", "100% tea", "spoons"]);
    /// # Ok(()) }) }
    /// ```
    fn lower(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(TextFunction::Lower, vec![self.into_node()])
    }

    /// In upper case, a character for a character: `ß` stays, unless a PostgreSQL database has ICU as its provider.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.upper()).all(&db).await?;
    /// assert_eq!(titles, ["HELLO", "100% TEA", "SPOONS"]);
    /// # Ok(()) }) }
    /// ```
    fn upper(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(TextFunction::Upper, vec![self.into_node()])
    }

    /// The number of characters.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let lengths: Vec<i64> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.length()).all(&db).await?;
    /// assert_eq!(lengths, [5, 8, 6]);
    /// # Ok(()) }) }
    /// ```
    fn length(self) -> Expr<Self::Scope, NumberOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(TextFunction::Length, vec![self.into_node()])
    }

    /// `length` characters from `position` on; the first is 1. Django's `Substr`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.substr(2, 3)).all(&db).await?;
    /// assert_eq!(titles, ["ell", "00%", "poo"]);
    /// # Ok(()) }) }
    /// ```
    fn substr<P, L>(self, position: P, length: L) -> Expr<L::Scope, WithBoth<P::Null, L::Null, TextOf<Self>>>
    where
        Base<Self>: TextType,
        P: IntoExpr<i64, Self::Scope>,
        L: IntoExpr<i64, P::Scope>,
    {
        let args = vec![self.into_node(), position.into_operand(), length.into_operand()];
        call(TextFunction::Substr, args)
    }

    /// All characters from `position` on; the first is 1. Django's `Substr` without a length.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.substr_from(4)).all(&db).await?;
    /// assert_eq!(titles, ["lo", "% tea", "ons"]);
    /// # Ok(()) }) }
    /// ```
    fn substr_from<V>(self, position: V) -> Expr<V::Scope, With<V::Null, TextOf<Self>>>
    where
        Base<Self>: TextType,
        V: IntoExpr<i64, Self::Scope>,
    {
        call(TextFunction::Substr, vec![self.into_node(), position.into_operand()])
    }

    /// The first `length` characters.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.left(2)).all(&db).await?;
    /// assert_eq!(titles, ["He", "10", "Sp"]);
    /// # Ok(()) }) }
    /// ```
    fn left<V>(self, length: V) -> Expr<V::Scope, With<V::Null, TextOf<Self>>>
    where
        Base<Self>: TextType,
        V: IntoExpr<i64, Self::Scope>,
    {
        call(TextFunction::Left, vec![self.into_node(), length.into_operand()])
    }

    /// The last `length` characters.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.right(2)).all(&db).await?;
    /// assert_eq!(titles, ["lo", "ea", "ns"]);
    /// # Ok(()) }) }
    /// ```
    fn right<V>(self, length: V) -> Expr<V::Scope, With<V::Null, TextOf<Self>>>
    where
        Base<Self>: TextType,
        V: IntoExpr<i64, Self::Scope>,
    {
        call(TextFunction::Right, vec![self.into_node(), length.into_operand()])
    }

    /// Without spaces at both ends. Other white space stays.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let title = Post::objects().filter(|p| value("  Hello ".to_owned()).trim().eq(p.title));
    /// assert_eq!(title.count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    fn trim(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(TextFunction::Trim, vec![self.into_node()])
    }

    /// Without spaces at the start.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let title = Post::objects().filter(|p| value("  Hello".to_owned()).ltrim().eq(p.title));
    /// assert_eq!(title.count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    fn ltrim(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(TextFunction::LTrim, vec![self.into_node()])
    }

    /// Without spaces at the end.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let title = Post::objects().filter(|p| value("Hello  ".to_owned()).rtrim().eq(p.title));
    /// assert_eq!(title.count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    fn rtrim(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(TextFunction::RTrim, vec![self.into_node()])
    }

    /// With `to` wherever `from` was, which is looked for with its case; an empty `from` changes nothing.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.replace("o", "0")).all(&db).await?;
    /// assert_eq!(titles, ["Hell0", "100% tea", "Sp00ns"]);
    /// # Ok(()) }) }
    /// ```
    fn replace<F, T>(self, from: F, to: T) -> Expr<T::Scope, WithBoth<F::Null, T::Null, TextOf<Self>>>
    where
        Base<Self>: TextType,
        F: IntoText<Self::Scope>,
        T: IntoText<F::Scope>,
    {
        call(TextFunction::Replace, vec![self.into_node(), from.into_text(), to.into_text()])
    }

    /// The position of the first `text` in this one, counted from 1, and 0 where it is not in it. Case counts; an empty text
    /// is at 1.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let places: Vec<i64> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.strindex("o")).all(&db).await?;
    /// assert_eq!(places, [5, 0, 3]);
    /// # Ok(()) }) }
    /// ```
    fn strindex<V>(self, text: V) -> Expr<V::Scope, With<V::Null, NumberOf<Self>>>
    where
        Base<Self>: TextType,
        V: IntoText<Self::Scope>,
    {
        call(TextFunction::StrIndex, vec![self.into_node(), text.into_text()])
    }

    /// The text so many times.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.left(1).repeat(3)).all(&db).await?;
    /// assert_eq!(titles, ["HHH", "111", "SSS"]);
    /// # Ok(()) }) }
    /// ```
    fn repeat<V>(self, times: V) -> Expr<V::Scope, With<V::Null, TextOf<Self>>>
    where
        Base<Self>: TextType,
        V: IntoExpr<i64, Self::Scope>,
    {
        call(TextFunction::Repeat, vec![self.into_node(), times.into_operand()])
    }

    /// The characters backwards; so are a letter and its accent, where these are two.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.reverse()).all(&db).await?;
    /// assert_eq!(titles, ["olleH", "aet %001", "snoopS"]);
    /// # Ok(()) }) }
    /// ```
    fn reverse(self) -> Expr<Self::Scope, TextOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(TextFunction::Reverse, vec![self.into_node()])
    }

    /// With `fill` at the start, again and again, until it has `length` characters; what is longer is cut at its end. Filled
    /// with nothing it is only cut.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.lpad(7, "*")).all(&db).await?;
    /// assert_eq!(titles, ["**Hello", "100% te", "*Spoons"]);
    /// # Ok(()) }) }
    /// ```
    fn lpad<V>(self, length: V, fill: impl Into<String>) -> Expr<V::Scope, With<V::Null, TextOf<Self>>>
    where
        Base<Self>: TextType,
        V: IntoExpr<i64, Self::Scope>,
    {
        call(TextFunction::LPad, vec![self.into_node(), length.into_operand(), fill_text(fill)])
    }

    /// With `fill` at the end, again and again, until it has `length` characters; what is longer is cut. Filled with nothing
    /// it is only cut.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.rpad(7, "ab")).all(&db).await?;
    /// assert_eq!(titles, ["Helloab", "100% te", "Spoonsa"]);
    /// # Ok(()) }) }
    /// ```
    fn rpad<V>(self, length: V, fill: impl Into<String>) -> Expr<V::Scope, With<V::Null, TextOf<Self>>>
    where
        Base<Self>: TextType,
        V: IntoExpr<i64, Self::Scope>,
    {
        call(TextFunction::RPad, vec![self.into_node(), length.into_operand(), fill_text(fill)])
    }

    /// The code point of the first character, and 0 where there is none.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let codes: Vec<i64> = Post::objects().order_by(|p| p.id).values(|p| p.title.ord()).all(&db).await?;
    /// assert_eq!(codes, [72, 49, 83]);
    /// # Ok(()) }) }
    /// ```
    fn ord(self) -> Expr<Self::Scope, NumberOf<Self>>
    where
        Base<Self>: TextType,
    {
        call(TextFunction::Ord, vec![self.into_node()])
    }

    /// The character of a code point; NULL where the number is none: 0, which not every database holds, surrogates, and what
    /// is beyond 0x10FFFF.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let characters: Vec<Option<String>> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.views.chr()).all(&db).await?;
    /// assert_eq!(characters, [Some("x".to_owned()), Some("\u{7}".to_owned()), Some("7".to_owned())]);
    /// # Ok(()) }) }
    /// ```
    fn chr(self) -> Expr<Self::Scope, Option<String>>
    where
        Base<Self>: Integral,
    {
        call(TextFunction::Chr, vec![self.into_node()])
    }

    /// The text by a collation of the database's own, for comparisons and orders: Django's `Collate`. Text lookups that
    /// respect case need their own. The name may have letters, digits, `_`, `-`, `.` and `@`; one that the database does not
    /// have is its error.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let named = User::objects().filter(|u| u.username.collate("NOCASE").eq("ANN"));
    /// assert_eq!(named.count(&db).await?, 1);
    /// let users = User::objects().order_by(|u| u.username.collate("NOCASE").desc()).all(&db).await?;
    /// assert_eq!(users[0].username, "bob");
    /// # Ok(()) }) }
    /// ```
    fn collate(self, collation: &str) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: TextType,
    {
        Expr::new(self.into_node().collate(collation))
    }
}

impl<E: Expression> TextFunctions for E {}
