//! Typed expressions over the untyped tree: scope, type and nullability are checked by the compiler.

use std::marker::PhantomData;
use std::ops::{Add, BitAnd, BitOr, BitXor, Mul, Not, Sub};

use rust_decimal::Decimal;

use super::field::Field;
use super::into_expr::IntoExpr;
use crate::ast::{self, ArithmeticOp, FieldRef, Node};
use crate::model::{Column, Path, RootedIn};
use crate::schema::FieldMeta;
use crate::value::{FieldType, Nullability, SqlType};

/// An expression of type `T` over rows of `S`.
#[must_use = "an expression does nothing until a queryset uses it"]
pub struct Expr<S, T> {
    pub(crate) node: Node,
    marker: PhantomData<fn() -> (S, T)>,
}

/// A condition on rows of `S`. Combine with `&`, `|`, `^` and `!`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
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
    /// The model whose rows it is about.
    type Scope;
    /// The value's type; an `Option` where NULL is possible.
    type Type: SqlType;

    /// The untyped tree.
    fn into_node(self) -> Node;
}

impl<S, T> Expr<S, T> {
    pub(crate) fn new(node: Node) -> Self {
        Expr { node, marker: PhantomData }
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

/// The root model's own field, untyped.
pub(crate) fn own_field(field: &'static FieldMeta) -> Node {
    Node::leaf(ast::Expr::Field(FieldRef { path: None, field }))
}

/// A type that is true or false, or NULL.
#[diagnostic::on_unimplemented(message = "`{Self}` is neither true nor false", label = "not a boolean")]
pub trait Truth {}

impl Truth for bool {}
impl Truth for Option<bool> {}

/// A condition on rows of `S`: a [`Predicate`], or a boolean field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on `{S}`",
    label = "expected a `Predicate<{S}>`",
    note = "a condition compares fields of `{S}`, such as `|row| row.name.eq(\"x\")`; conditions are combined with `&`, `|`, `^` and `!`"
)]
pub trait IntoPredicate<S> {
    /// The untyped tree.
    fn into_condition(self) -> Node;
}

impl<S> IntoPredicate<S> for Predicate<S> {
    fn into_condition(self) -> Node {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, C> IntoPredicate<S> for Field<P, C>
where
    P: Path + RootedIn<S>,
    C: Column<Model = P::Target>,
    C::Type: Truth,
{
    fn into_condition(self) -> Node {
        self.into_node()
    }
}

macro_rules! connect {
    ($($trait:ident $method:ident $with:ident;)*) => {$(
        impl<S, R: IntoPredicate<S>> $trait<R> for Predicate<S> {
            type Output = Predicate<S>;

            fn $method(self, other: R) -> Predicate<S> {
                Expr::new(self.node.$with(other.into_condition()))
            }
        }

        impl<P, C, R> $trait<R> for Field<P, C>
        where
            P: Path,
            C: Column<Model = P::Target>,
            C::Type: Truth,
            R: IntoPredicate<P::Root>,
        {
            type Output = Predicate<P::Root>;

            fn $method(self, other: R) -> Predicate<P::Root> {
                Expr::new(self.into_node().$with(other.into_condition()))
            }
        }
    )*};
}

connect! {
    BitAnd bitand and;
    BitOr bitor or;
    BitXor bitxor xor;
}

impl<S> Not for Predicate<S> {
    type Output = Predicate<S>;

    fn not(self) -> Predicate<S> {
        Expr::new(self.node.negate())
    }
}

impl<P, C> Not for Field<P, C>
where
    P: Path,
    C: Column<Model = P::Target>,
    C::Type: Truth,
{
    type Output = Predicate<P::Root>;

    fn not(self) -> Predicate<P::Root> {
        Expr::new(self.into_node().negate())
    }
}

/// Numbers that the database can calculate with.
#[diagnostic::on_unimplemented(
    message = "the database cannot calculate with `{Self}`",
    label = "not a number",
    note = "arithmetic works on integers, floats and `Decimal`"
)]
pub trait Numeric: FieldType {}

macro_rules! numeric {
    ($($type:ty)*) => {$( impl Numeric for $type {} )*};
}

numeric!(i16 i32 i64 u32 u64 f32 f64 Decimal);

/// The result of arithmetic of `Left` with `Right`: `Left`'s type, nullable when `Right` is.
type Combined<Left, Right> = <Right as Nullability>::Apply<Left>;

macro_rules! arithmetic {
    ($($trait:ident $method:ident $op:ident;)*) => {$(
        impl<P, C, V> $trait<V> for Field<P, C>
        where
            P: Path,
            C: Column<Model = P::Target>,
            <C::Type as SqlType>::Base: Numeric,
            V: IntoExpr<<C::Type as SqlType>::Base, P::Root>,
        {
            type Output = Expr<P::Root, Combined<P::Apply<C::Type>, V::Null>>;

            fn $method(self, other: V) -> Self::Output {
                Expr::new(self.into_node().arithmetic(ArithmeticOp::$op, other.into_operand()))
            }
        }

        impl<S, T, V> $trait<V> for Expr<S, T>
        where
            T: SqlType<Base: Numeric>,
            V: IntoExpr<T::Base, S>,
        {
            type Output = Expr<S, Combined<T, V::Null>>;

            fn $method(self, other: V) -> Self::Output {
                Expr::new(self.node.arithmetic(ArithmeticOp::$op, other.into_operand()))
            }
        }
    )*};
}

arithmetic! {
    Add add Add;
    Sub sub Subtract;
    Mul mul Multiply;
}
