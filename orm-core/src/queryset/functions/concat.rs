//! Texts one after another.

use crate::ast::Node;
use crate::queryset::expression::{Base, Expr, Expression};
use crate::queryset::lookup::TextType;
use crate::queryset::operand::Operand;
use crate::queryset::scope::Beside;
use crate::value::SqlType;

/// What every database writes alike as text: text, and integers.
#[diagnostic::on_unimplemented(
    message = "databases do not agree on `{Self}` as text",
    label = "neither text nor an integer",
    note = "`concat` joins text and integers"
)]
pub trait AsText {}

impl<T: TextType> AsText for T {}

macro_rules! integers {
    ($($type:ty)*) => {$( #[diagnostic::do_not_recommend] impl AsText for $type {} )*};
}

integers!(i16 i32 i64 u32 u64);

/// Joins this text with more.
pub trait ConcatFunctions: Expression {
    /// This text and then the other; again for further ones, or see [`concat()`]. NULL counts as no text, as it does in
    /// Django's `Concat`, so the result is never NULL. Integers become their digits.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let lines: Vec<String> =
    ///     Post::objects().order_by(|p| p.id).values(|p| p.title.concat(": ").concat(p.stars)).all(&db).await?;
    /// assert_eq!(lines, ["Hello: 5", "100% tea: ", "Spoons: 3"]);
    /// # Ok(()) }) }
    /// ```
    fn concat<V>(self, other: V) -> Expr<<V::Scope as Beside<Self::Scope>>::Joined, String>
    where
        Base<Self>: AsText,
        V: Operand<Scope: Beside<Self::Scope>, Type: SqlType<Base: AsText>>,
    {
        Expr::new(self.into_node().concat(other.into_node_alone()))
    }
}

impl<E: Expression> ConcatFunctions for E {}

/// Texts and integers one after another: `concat((a, b, c))`, of two to eight; NULL counts as no text. Django's `Concat`.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let lines: Vec<String> = Post::objects()
///     .order_by(|p| p.id)
///     .values(|p| concat((p.author.username, " #", p.id, ": ", p.title)))
///     .all(&db)
///     .await?;
/// assert_eq!(lines[0], "ann #1: Hello");
/// # Ok(()) }) }
/// ```
pub fn concat<L: ConcatList>(list: L) -> Expr<L::Scope, String> {
    Expr::new(list.into_concat())
}

/// What [`concat()`] takes: a tuple of two to eight texts and integers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be joined to one text",
    label = "expected a tuple of two to eight texts and integers, in fields, expressions or values"
)]
pub trait ConcatList {
    /// The rows that it is about.
    type Scope;

    /// The untyped tree.
    fn into_concat(self) -> Node;
}

/// The scope of operands together, the last one first.
macro_rules! joined {
    ($one:ident) => { $one::Scope };
    ($last:ident $($before:ident)+) => { <$last::Scope as Beside<joined!($($before)+)>>::Joined };
}

macro_rules! tuples {
    ($($first:ident [$($all:ident)+] $(($name:ident $at:tt beside $($before:ident)+))+;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$first, $($name),+> ConcatList for ($first, $($name),+)
        where
            $first: Operand<Type: SqlType<Base: AsText>>,
            $($name: Operand<Scope: Beside<joined!($($before)+)>, Type: SqlType<Base: AsText>>,)+
        {
            type Scope = joined!($($all)+);

            fn into_concat(self) -> Node {
                let first = self.0.into_node_alone();
                $( let first = first.concat(self.$at.into_node_alone()); )+
                first
            }
        }
    )*};
}

tuples! {
    A [B A] (B 1 beside A);
    A [C B A] (B 1 beside A) (C 2 beside B A);
    A [D C B A] (B 1 beside A) (C 2 beside B A) (D 3 beside C B A);
    A [E D C B A] (B 1 beside A) (C 2 beside B A) (D 3 beside C B A) (E 4 beside D C B A);
    A [F E D C B A] (B 1 beside A) (C 2 beside B A) (D 3 beside C B A) (E 4 beside D C B A) (F 5 beside E D C B A);
    A [G F E D C B A] (B 1 beside A) (C 2 beside B A) (D 3 beside C B A) (E 4 beside D C B A) (F 5 beside E D C B A) (G 6 beside F E D C B A);
    A [H G F E D C B A] (B 1 beside A) (C 2 beside B A) (D 3 beside C B A) (E 4 beside D C B A) (F 5 beside E D C B A) (G 6 beside F E D C B A) (H 7 beside G F E D C B A);
}
