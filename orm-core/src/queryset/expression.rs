//! Typed expressions over the untyped tree: scope, type and nullability are checked by the compiler.

use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, BitXor, Not};

use super::field::Field;
use super::scope::{Beside, Within};
use crate::ast::{self, FieldRef, Node, ResultType};
use crate::model::{Column, Declaration, Path, RootedIn, TypeOf};
use crate::schema::FieldMeta;
use crate::value::{FieldType, SqlType};

/// An expression of type `T` over rows of `S`.
#[must_use = "an expression does nothing until a queryset uses it"]
pub struct Expr<S, T> {
    pub(crate) node: Node,
    pub(super) marker: PhantomData<fn() -> (S, T)>,
}

/// A condition on rows of `S`. Combine with `&`, `|`, `^` and `!`.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// fn popular(p: PostFields) -> Predicate<Post> { p.views.gt(50) }
/// let either = Post::objects().filter(|p| popular(p) ^ p.title.startswith("S"));
/// assert_eq!(either.get(&db).await?.title, "Hello");
/// # Ok(()) }) }
/// ```
pub type Predicate<S> = Expr<S, bool>;

/// An expression's type without its `Option`.
pub type Base<E> = <<E as Expression>::Type as SqlType>::Base;

pub trait Sealed {}

/// Something that has a value for each row: a field, or a computation on fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an expression",
    label = "expected a field or an expression on fields"
)]
pub trait Expression: Sealed + Sized {
    /// The rows that it is about: a model, or groups of its rows.
    type Scope;
    /// The value's type; an `Option` where NULL is possible.
    type Type: SqlType;

    /// The untyped tree.
    fn into_node(self) -> Node;

    /// The same as an [`Expr`]: the type of all expressions that functions of your own can name, return and calculate with,
    /// whether they were given a field, an aggregate or something computed.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// fn percent<S>(of: impl Expression<Scope = S, Type = i64>, all: i64) -> Expr<S, Option<i64>> {
    ///     of.expr() * 100 / all
    /// }
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let each = Post::objects().order_by(|p| p.id).values(|p| percent(p.views, 200)).all(&db).await?;
    /// assert_eq!(each, [Some(60), Some(3), Some(27)]);
    /// let posts = Post::objects().aggregate(&db, |p| percent(p.id.count(), 4)).await?;
    /// assert_eq!(posts, Some(75));
    /// # Ok(()) }) }
    /// ```
    fn expr(self) -> Expr<Self::Scope, Self::Type> {
        Expr::new(self.into_node())
    }
}

impl<S, T> Expr<S, T> {
    pub(crate) fn new(node: Node) -> Self {
        Expr { node, marker: PhantomData }
    }
}

impl<S> Expr<S, bool> {
    /// The condition as a value that is NULL where the condition is neither true nor false. By itself it is false there.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// // One post has no stars.
    /// let good: Vec<(bool, Option<bool>)> = Post::objects()
    ///     .order_by(|p| p.id)
    ///     .values(|p| (p.stars.gt(4), p.stars.gt(4).or_null()))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(good, [(true, Some(true)), (false, None), (false, Some(false))]);
    /// # Ok(()) }) }
    /// ```
    pub fn or_null(self) -> Expr<S, Option<bool>> {
        Expr::new(self.node)
    }
}

impl<S, T> Clone for Expr<S, T> {
    fn clone(&self) -> Self {
        Expr::new(self.node.clone())
    }
}

impl<S, T> Sealed for Expr<S, T> {}

impl<S, T: SqlType> Expression for Expr<S, T> {
    type Scope = S;
    type Type = T;

    fn into_node(self) -> Node {
        self.node
    }
}

/// What an expression of type `T` gives, for the untyped tree.
pub(crate) const fn result_of<T: SqlType>() -> ResultType {
    ResultType { kind: <T::Base as FieldType>::KIND, nullable: T::NULLABLE }
}

/// The root model's own field, untyped.
pub(crate) fn own_field(field: &'static FieldMeta) -> Node {
    Node::leaf(ast::Expr::Field(FieldRef { path: None, field }))
}

/// A type that is true or false, or NULL.
#[diagnostic::on_unimplemented(message = "`{Self}` is neither true nor false", label = "not a boolean")]
pub trait Truth {}

impl Truth for bool {}
impl Truth for Option<bool> {}

/// A condition on rows of `S`: a [`Predicate`], or a boolean field; an `Option` of one, where `None` is no condition.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on `{S}`",
    label = "expected a `Predicate<{S}>`",
    note = "a condition compares fields of `{S}`, such as `|row| row.name.eq(\"x\")`; conditions are combined with `&`, `|`, `^` and `!`",
    note = "a condition on `Grouped` rows belongs in `having`, one on `Windowed` rows in `qualify`"
)]
pub trait IntoPredicate<S>: Sized {
    /// The untyped tree.
    fn into_condition(self) -> Node;

    /// The untyped tree, if it is a condition at all.
    fn into_optional_condition(self) -> Option<Node> {
        Some(self.into_condition())
    }
}

#[diagnostic::do_not_recommend]
impl<S, X: Within<S>, T: Truth> IntoPredicate<S> for Expr<X, T> {
    fn into_condition(self) -> Node {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, C> IntoPredicate<S> for Field<P, C>
where
    P: Path + RootedIn<S>,
    C: Column<Is: Declaration<Model = P::Target>>,
    TypeOf<C>: Truth,
{
    fn into_condition(self) -> Node {
        self.into_node()
    }
}

/// No condition: all rows.
#[diagnostic::do_not_recommend]
impl<S, P: IntoPredicate<S>> IntoPredicate<S> for Option<P> {
    fn into_condition(self) -> Node {
        self.into_optional_condition().unwrap_or_else(Node::always)
    }

    fn into_optional_condition(self) -> Option<Node> {
        self.and_then(P::into_optional_condition)
    }
}

/// A condition that can be combined with one on `S`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on `{S}`",
    label = "expected a `Predicate<{S}>`",
    note = "a condition compares fields of `{S}`, such as `|row| row.name.eq(\"x\")`; conditions are combined with `&`, `|`, `^` and `!`"
)]
pub trait Condition<S> {
    /// The scope of both together.
    type Joined;

    /// The untyped tree.
    fn into_term(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<S, X: Beside<S>, T: Truth> Condition<S> for Expr<X, T> {
    type Joined = X::Joined;

    fn into_term(self) -> Node {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, C> Condition<S> for Field<P, C>
where
    P: Path<Root: Beside<S>>,
    C: Column<Is: Declaration<Model = P::Target>>,
    TypeOf<C>: Truth,
{
    type Joined = <P::Root as Beside<S>>::Joined;

    fn into_term(self) -> Node {
        self.into_node()
    }
}

macro_rules! connect {
    ($($trait:ident $method:ident $with:ident;)*) => {$(
        impl<S, T: Truth, R: Condition<S>> $trait<R> for Expr<S, T> {
            type Output = Predicate<R::Joined>;

            fn $method(self, other: R) -> Self::Output {
                Expr { node: self.node.$with(other.into_term()), marker: PhantomData }
            }
        }

        impl<P, C, R> $trait<R> for Field<P, C>
        where
            P: Path,
            C: Column<Is: Declaration<Model = P::Target>>,
            TypeOf<C>: Truth,
            R: Condition<P::Root>,
        {
            type Output = Predicate<R::Joined>;

            fn $method(self, other: R) -> Self::Output {
                Expr { node: self.into_node().$with(other.into_term()), marker: PhantomData }
            }
        }
    )*};
}

connect! {
    BitAnd bitand and;
    BitOr bitor or;
    BitXor bitxor xor;
}

impl<S, T: Truth> Not for Expr<S, T> {
    type Output = Predicate<S>;

    fn not(self) -> Predicate<S> {
        Expr::new(self.node.negate())
    }
}

impl<P, C> Not for Field<P, C>
where
    P: Path,
    C: Column<Is: Declaration<Model = P::Target>>,
    TypeOf<C>: Truth,
{
    type Output = Predicate<P::Root>;

    fn not(self) -> Predicate<P::Root> {
        Expr::new(self.into_node().negate())
    }
}
