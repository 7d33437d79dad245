//! Arithmetic on typed expressions: `+`, `-`, `*`, `/`, `%`, a sign, and bits.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::aggregates::Aggregate;
use super::expression::{Base, Expr, Expression};
use super::field::Field;
use super::functions::Case;
use super::into_expr::IntoExpr;
use super::mistake::mistake;
use super::row_columns::RowColumn;
use super::window::Over;
use crate::ast::{self, ArithmeticOp, Node};
use crate::model::{Column, Declaration, Path, TypeOf};
use crate::value::{FieldType, Nullability, SqlType, Value};

/// Numbers that the database can calculate with.
#[diagnostic::on_unimplemented(
    message = "the database cannot calculate with `{Self}`",
    label = "not a number",
    note = "arithmetic works on integers, floats and `Decimal`"
)]
pub trait Numeric: FieldType {}

/// Numbers without a fraction, that have bits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an integer",
    label = "not an integer",
    note = "bits belong to integers"
)]
pub trait Integral: Numeric {}

/// Numbers that have a remainder: integers and `Decimal`.
#[diagnostic::on_unimplemented(
    message = "databases do not agree on the remainder of `{Self}`",
    label = "no remainder",
    note = "`%` works on integers and `Decimal`"
)]
pub trait Divisible: Numeric {}

/// What can be added to: a number to a number, a length of time to a point in time.
#[diagnostic::on_unimplemented(
    message = "the database cannot calculate with `{Self}`",
    label = "not a number",
    note = "arithmetic works on integers, floats and `Decimal`; a `TimeDelta` can be added to a point in time"
)]
pub trait Additive: FieldType {
    /// What is added.
    type Right: FieldType;
}

macro_rules! numbers {
    ($($trait:ident: $($type:ty)*;)*) => {$($( #[diagnostic::do_not_recommend] impl $trait for $type {} )*)*};
}

numbers! {
    Numeric: i16 i32 i64 u32 u64 f32 f64 Decimal;
    Integral: i16 i32 i64;
    Divisible: i16 i32 i64 u32 u64 Decimal;
}

macro_rules! additive {
    ($($type:ty => $right:ty;)*) => {$( #[diagnostic::do_not_recommend] impl Additive for $type { type Right = $right; } )*};
}

additive! {
    i16 => i16;
    i32 => i32;
    i64 => i64;
    u32 => u32;
    u64 => u64;
    f32 => f32;
    f64 => f64;
    Decimal => Decimal;
    TimeDelta => TimeDelta;
    NaiveDateTime => TimeDelta;
    DateTime<Utc> => TimeDelta;
    // As chrono: what is less than a day of it is dropped.
    NaiveDate => TimeDelta;
    // As chrono: around the clock.
    NaiveTime => TimeDelta;
}

#[cfg(feature = "time")]
additive! {
    time::Duration => time::Duration;
    time::PrimitiveDateTime => time::Duration;
    time::OffsetDateTime => time::Duration;
    time::Date => time::Duration;
    time::Time => time::Duration;
}

#[cfg(feature = "jiff")]
additive! {
    jiff::SignedDuration => jiff::SignedDuration;
    jiff::civil::DateTime => jiff::SignedDuration;
    jiff::Timestamp => jiff::SignedDuration;
    jiff::civil::Date => jiff::SignedDuration;
    jiff::civil::Time => jiff::SignedDuration;
}

/// The result of arithmetic of `Left` with `Right`: `Left`'s type, nullable when `Right` is.
type Combined<Left, Right> = <Right as Nullability>::Apply<Left>;

fn combine<S, T>(left: Node, op: ArithmeticOp, right: Node) -> Expr<S, T> {
    Expr::new(left.arithmetic(op, right))
}

/// Bits are moved by 0 to 63 places; what else a database would make of it is its own affair.
fn shift<S, T>(bits: Node, op: ArithmeticOp, places: Node) -> Expr<S, T> {
    let known = match places.expr {
        ast::Expr::Value(Value::I16(places)) => Some(places.into()),
        ast::Expr::Value(Value::I32(places)) => Some(places.into()),
        ast::Expr::Value(Value::I64(places)) => Some(places),
        _ => None,
    };
    if known.is_some_and(|places| !(0..64).contains(&places)) {
        return Expr::new(mistake("bits are moved by 0 to 63 places"));
    }
    combine(bits, op, places)
}

macro_rules! operators {
    ($($trait:ident $method:ident $op:ident: $bound:ident [$($right:tt)*] $result:ident;)*) => {$(
        impl<P, C, V> $trait<V> for Field<P, C>
        where
            P: Path,
            C: Column<Is: Declaration<Model = P::Target>>,
            <TypeOf<C> as SqlType>::Base: $bound,
            V: IntoExpr<operators!(@right [$($right)*] <TypeOf<C> as SqlType>::Base), P::Root>,
        {
            type Output = Expr<V::Scope, operators!(@$result P::Apply<TypeOf<C>>, V::Null)>;

            fn $method(self, other: V) -> Self::Output {
                combine(self.into_node(), ArithmeticOp::$op, other.into_operand())
            }
        }

        operators!(@like Expr $trait $method $op: $bound [$($right)*] $result);
        operators!(@like Case $trait $method $op: $bound [$($right)*] $result);
        operators!(@like Over $trait $method $op: $bound [$($right)*] $result);
        operators!(@like RowColumn $trait $method $op: $bound [$($right)*] $result);
        operators!(@like Aggregate $trait $method $op: $bound [$($right)*] $result);
    )*};
    (@like $name:ident $trait:ident $method:ident $op:ident: $bound:ident [$($right:tt)*] $result:ident) => {
        impl<S, T, V> $trait<V> for $name<S, T>
        where
            T: SqlType<Base: $bound>,
            V: IntoExpr<operators!(@right [$($right)*] T::Base), S>,
        {
            type Output = Expr<V::Scope, operators!(@$result T, V::Null)>;

            fn $method(self, other: V) -> Self::Output {
                combine(self.into_node(), ArithmeticOp::$op, other.into_operand())
            }
        }
    };
    (@right [same] $base:ty) => { $base };
    (@right [right] $base:ty) => { <$base as Additive>::Right };
    (@combined $left:ty, $null:ty) => { Combined<$left, $null> };
    (@nullable $left:ty, $null:ty) => { <$left as SqlType>::Nullable };
}

operators! {
    Add add Add: Additive [right] combined;
    Sub sub Subtract: Additive [right] combined;
    Mul mul Multiply: Numeric [same] combined;
    Div div Divide: Numeric [same] nullable;
    Rem rem Modulo: Divisible [same] nullable;
}

impl<P, C> Neg for Field<P, C>
where
    P: Path,
    C: Column<Is: Declaration<Model = P::Target>>,
    <TypeOf<C> as SqlType>::Base: Numeric,
{
    type Output = Expr<P::Root, P::Apply<TypeOf<C>>>;

    fn neg(self) -> Self::Output {
        Expr::new(self.into_node().minus())
    }
}

macro_rules! negative {
    ($($name:ident)*) => {$(
        impl<S, T: SqlType<Base: Numeric>> Neg for $name<S, T> {
            type Output = Expr<S, T>;

            fn neg(self) -> Self::Output {
                Expr::new(self.into_node().minus())
            }
        }
    )*};
}

negative!(Expr Case Over Aggregate RowColumn);

/// Operations on the bits of integers, under Django's names.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let odd = Post::objects().filter(|p| p.views.bitand(1).eq(1));
/// assert_eq!(odd.count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
pub trait BitOperations: Expression<Type: SqlType<Base: Integral>> {
    /// The bits that both have.
    fn bitand<V: IntoExpr<Base<Self>, Self::Scope>>(
        self,
        other: V,
    ) -> Expr<V::Scope, Combined<Self::Type, V::Null>> {
        combine(self.into_node(), ArithmeticOp::BitAnd, other.into_operand())
    }

    /// The bits that either has.
    fn bitor<V: IntoExpr<Base<Self>, Self::Scope>>(
        self,
        other: V,
    ) -> Expr<V::Scope, Combined<Self::Type, V::Null>> {
        combine(self.into_node(), ArithmeticOp::BitOr, other.into_operand())
    }

    /// The bits that one of them has.
    fn bitxor<V: IntoExpr<Base<Self>, Self::Scope>>(
        self,
        other: V,
    ) -> Expr<V::Scope, Combined<Self::Type, V::Null>> {
        combine(self.into_node(), ArithmeticOp::BitXor, other.into_operand())
    }

    /// The bits moved to the left, by 0 to 63 places.
    fn bitleftshift<V: IntoExpr<Base<Self>, Self::Scope>>(
        self,
        places: V,
    ) -> Expr<V::Scope, Combined<Self::Type, V::Null>> {
        shift(self.into_node(), ArithmeticOp::ShiftLeft, places.into_operand())
    }

    /// The bits moved to the right, by 0 to 63 places.
    fn bitrightshift<V: IntoExpr<Base<Self>, Self::Scope>>(
        self,
        places: V,
    ) -> Expr<V::Scope, Combined<Self::Type, V::Null>> {
        shift(self.into_node(), ArithmeticOp::ShiftRight, places.into_operand())
    }
}

impl<E: Expression<Type: SqlType<Base: Integral>>> BitOperations for E {}
