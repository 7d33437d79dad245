//! Mathematics: abs, ceil, floor, round, sign, powers, logarithms and angles.

use rust_decimal::Decimal;

use crate::ast::{self, Function, MathFunction, Node};
use crate::queryset::arithmetic::Numeric;
use crate::queryset::expression::{Base, Expr, Expression, result_of};
use crate::queryset::mistake;
use crate::queryset::operand::Operand;
use crate::queryset::scope::{Beside, Free};
use crate::value::{FieldType, Nullability, SqlType, Value};

/// Numbers that can be rounded, and what comes out: the same type, of floats `f64`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "mathematics needs an integer, a float or a `Decimal`",
    note = "text becomes a number by `.cast::<f64>()`"
)]
pub trait Measurable: Numeric {
    /// The type of its absolute value, sign and rounded value.
    type Exact: FieldType;
}

macro_rules! measurable {
    ($($type:ty => $exact:ty),*) => {$( impl Measurable for $type { type Exact = $exact; } )*};
}

measurable!(i16 => i16, i32 => i32, i64 => i64, u32 => u32, u64 => u64, f32 => f64, f64 => f64, Decimal => Decimal);

/// A result of type `T`, an `Option` where `E` is.
type Of<E, T> = <<<E as Expression>::Type as SqlType>::Null as Nullability>::Apply<T>;
/// A result of type `T`, an `Option` where `E` or `V` is.
type OfBoth<E, V, T> = <<<V as Operand>::Type as SqlType>::Null as Nullability>::Apply<Of<E, T>>;
/// The scope of `E` and `V` together.
type Joined<E, V> = <<V as Operand>::Scope as Beside<<E as Expression>::Scope>>::Joined;

fn call<S, T: SqlType>(function: MathFunction, args: Vec<Node>) -> Expr<S, T> {
    Expr::new(Node::function(Function::Math(function), args, result_of::<T>()))
}

/// A number of the program's own as a double, in which all of this is calculated.
fn double<V: Operand>(value: V) -> Node {
    let node = value.into_node_alone();
    match &node.expr {
        ast::Expr::Value(Value::I16(number)) => Node::value(Ok(Value::F64((*number).into()))),
        ast::Expr::Value(Value::I32(number)) => Node::value(Ok(Value::F64((*number).into()))),
        ast::Expr::Value(Value::U32(number)) => Node::value(Ok(Value::F64((*number).into()))),
        _ => node,
    }
}

macro_rules! doubles {
    ($($(#[$doc:meta])* $name:ident: $variant:ident;)*) => {$(
        $(#[$doc])*
        fn $name(self) -> Expr<Self::Scope, Of<Self, f64>> {
            call(MathFunction::$variant, vec![double(self)])
        }
    )*};
    (partial: $($(#[$doc:meta])* $name:ident: $variant:ident;)*) => {$(
        $(#[$doc])*
        fn $name(self) -> Expr<Self::Scope, Option<f64>> {
            call(MathFunction::$variant, vec![double(self)])
        }
    )*};
}

/// Mathematics on numbers of every type, under Django's names.
///
/// What is not one of the first five is calculated in double precision, so that databases agree up to the last digits. A
/// function that is not defined for a number, such as the root of a negative one, is NULL on every database; a result
/// that a double cannot hold is an error.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let roots = Post::objects().order_by(|p| p.id).values(|p| (p.views + 1).sqrt()).all(&db).await?;
/// assert_eq!(roots[0], Some(11.0));
/// # Ok(()) }) }
/// ```
pub trait MathFunctions: Expression<Type: SqlType<Base: Measurable>> {
    /// The number without its sign.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let away: Vec<i64> = Post::objects().order_by(|p| p.id).values(|p| (p.views - 50).abs()).all(&db).await?;
    /// assert_eq!(away, [70, 43, 5]);
    /// # Ok(()) }) }
    /// ```
    fn abs(self) -> Expr<Self::Scope, Of<Self, <Base<Self> as Measurable>::Exact>> {
        call(MathFunction::Abs, vec![self.into_node()])
    }

    /// The least whole number that is not less.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let thirds = Post::objects().order_by(|p| p.id).values(|p| (p.views.cast::<f64>() / 50.0).ceil());
    /// assert_eq!(thirds.all(&db).await?, [Some(3.0), Some(1.0), Some(2.0)]);
    /// # Ok(()) }) }
    /// ```
    fn ceil(self) -> Expr<Self::Scope, Of<Self, <Base<Self> as Measurable>::Exact>> {
        call(MathFunction::Ceil, vec![self.into_node()])
    }

    /// The greatest whole number that is not greater.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let thirds = Post::objects().order_by(|p| p.id).values(|p| (p.views.cast::<f64>() / 50.0).floor());
    /// assert_eq!(thirds.all(&db).await?, [Some(2.0), Some(0.0), Some(1.0)]);
    /// # Ok(()) }) }
    /// ```
    fn floor(self) -> Expr<Self::Scope, Of<Self, <Base<Self> as Measurable>::Exact>> {
        call(MathFunction::Floor, vec![self.into_node()])
    }

    /// Rounded to so many decimal places, from -9 to 28; half away from zero, on every database.
    ///
    /// A float is rounded as its shortest digits say it: 2.675 to 2.68, although the double is a little less.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tens: Vec<i64> = Post::objects().order_by(|p| p.id).values(|p| p.views.round(-1)).all(&db).await?;
    /// assert_eq!(tens, [120, 10, 60]);
    /// # Ok(()) }) }
    /// ```
    fn round(self, places: i8) -> Expr<Self::Scope, Of<Self, <Base<Self> as Measurable>::Exact>> {
        if !(-9..=28).contains(&places) {
            return Expr::new(mistake("`round` takes from -9 to 28 decimal places"));
        }
        call(MathFunction::Round(places), vec![self.into_node()])
    }

    /// -1 for numbers below zero, 0 for zero, 1 for numbers above.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let signs: Vec<i64> = Post::objects().order_by(|p| p.id).values(|p| (p.views - 55).sign()).all(&db).await?;
    /// assert_eq!(signs, [1, -1, 0]);
    /// # Ok(()) }) }
    /// ```
    fn sign(self) -> Expr<Self::Scope, Of<Self, <Base<Self> as Measurable>::Exact>> {
        call(MathFunction::Sign, vec![self.into_node()])
    }

    /// To the power of a number. NULL for zero to a negative power, and for a negative number to a broken one.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let squares = Post::objects().order_by(|p| p.id).values(|p| p.views.power(2)).all(&db).await?;
    /// assert_eq!(squares, [Some(14_400.0), Some(49.0), Some(3_025.0)]);
    /// # Ok(()) }) }
    /// ```
    fn power<V>(self, exponent: V) -> Expr<Joined<Self, V>, Option<f64>>
    where
        V: Operand<Scope: Beside<Self::Scope>, Type: SqlType<Base: Measurable>>,
    {
        call(MathFunction::Power, vec![double(self), double(exponent)])
    }

    /// The logarithm to a base. NULL for numbers and bases that are not above zero, and for the base 1.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let bits = Post::objects().filter(|p| p.views.eq(7)).values(|p| (p.views + 1).log(2)).get(&db).await?;
    /// assert!((bits.unwrap_or_default() - 3.0).abs() < 1e-9);
    /// # Ok(()) }) }
    /// ```
    fn log<V>(self, base: V) -> Expr<Joined<Self, V>, Option<f64>>
    where
        V: Operand<Scope: Beside<Self::Scope>, Type: SqlType<Base: Measurable>>,
    {
        call(MathFunction::Log, vec![double(self), double(base)])
    }

    /// The angle, in radians, of the point that is so far up and `x` to the right.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let angles: Vec<f64> = Post::objects().values(|p| p.views.atan2(p.views).degrees()).all(&db).await?;
    /// assert!(angles.iter().all(|angle| (angle - 45.0).abs() < 1e-9));
    /// # Ok(()) }) }
    /// ```
    fn atan2<V>(self, x: V) -> Expr<Joined<Self, V>, OfBoth<Self, V, f64>>
    where
        V: Operand<Scope: Beside<Self::Scope>, Type: SqlType<Base: Measurable>>,
    {
        call(MathFunction::Atan2, vec![double(self), double(x)])
    }

    doubles! {
        partial:
        /// The square root; NULL of a negative number.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// let roots = Post::objects().order_by(|p| p.id).values(|p| (p.views - 56).sqrt()).all(&db).await?;
        /// assert_eq!(roots, [Some(8.0), None, None]);
        /// # Ok(()) }) }
        /// ```
        sqrt: Sqrt;
        /// The natural logarithm; NULL of a number that is not above zero.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// let logs = Post::objects().order_by(|p| p.id).values(|p| (p.views / p.views).ln()).all(&db).await?;
        /// assert_eq!(logs, [Some(0.0); 3]);
        /// # Ok(()) }) }
        /// ```
        ln: Ln;
        /// The arc cosine, in radians; NULL of a number that is not from -1 to 1.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// assert!(Post::objects().filter(|p| p.views.acos().is_null()).count(&db).await? == 3);
        /// # Ok(()) }) }
        /// ```
        acos: Acos;
        /// The arc sine, in radians; NULL of a number that is not from -1 to 1.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// assert!(Post::objects().filter(|p| p.views.asin().is_null()).count(&db).await? == 3);
        /// # Ok(()) }) }
        /// ```
        asin: Asin;
        /// The cotangent of an angle in radians; NULL of zero.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// let cot = Post::objects().values(|p| (p.views * 0).cot()).first(&db).await?;
        /// assert_eq!(cot, Some(None));
        /// # Ok(()) }) }
        /// ```
        cot: Cot;
    }

    doubles! {
        /// e to the power of the number.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// let e: Vec<f64> = Post::objects().limit(1).values(|p| (p.views * 0 + 1).exp()).all(&db).await?;
        /// assert!((e[0] - std::f64::consts::E).abs() < 1e-9);
        /// # Ok(()) }) }
        /// ```
        exp: Exp;
        /// The arc tangent, in radians.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// assert_eq!(Post::objects().filter(|p| p.views.atan().lt(1.5708)).count(&db).await?, 3);
        /// # Ok(()) }) }
        /// ```
        atan: Atan;
        /// The cosine of an angle in radians.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// assert_eq!(Post::objects().filter(|p| p.views.cos().abs().le(1.0)).count(&db).await?, 3);
        /// # Ok(()) }) }
        /// ```
        cos: Cos;
        /// The sine of an angle in radians.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// assert_eq!(Post::objects().filter(|p| p.views.sin().abs().le(1.0)).count(&db).await?, 3);
        /// # Ok(()) }) }
        /// ```
        sin: Sin;
        /// The tangent of an angle in radians.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// let zero: Vec<f64> = Post::objects().limit(1).values(|p| (p.views * 0).tan()).all(&db).await?;
        /// assert_eq!(zero, [0.0]);
        /// # Ok(()) }) }
        /// ```
        tan: Tan;
        /// An angle in radians, in degrees.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// let half: Vec<f64> = Post::objects().limit(1).values(|_| pi().degrees()).all(&db).await?;
        /// assert_eq!(half, [180.0]);
        /// # Ok(()) }) }
        /// ```
        degrees: Degrees;
        /// An angle in degrees, in radians.
        ///
        /// ```
        /// # use orm_doc_models::blog::*;
        /// # fn main() -> orm::Result<()> { blog(async |db| {
        /// assert_eq!(Post::objects().filter(|p| p.views.radians().gt(1.0)).count(&db).await?, 1);
        /// # Ok(()) }) }
        /// ```
        radians: Radians;
    }
}

impl<E: Expression<Type: SqlType<Base: Measurable>>> MathFunctions for E {}

/// A random number from 0 up to 1, another for each row: as a value, in a condition, or as a random order.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let any = Post::objects().order_by(|_| random()).first(&db).await?;
/// assert!(any.is_some());
/// let dice: Vec<f64> = Post::objects().values(|_| (random() * 6.0).floor() + 1.0).all(&db).await?;
/// assert!(dice.iter().all(|eyes| (1.0..=6.0).contains(eyes)));
/// # Ok(()) }) }
/// ```
pub fn random() -> Expr<Free, f64> {
    call(MathFunction::Random, Vec::new())
}

/// The circle's circumference in diameters: π.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let area: Vec<f64> = Post::objects().limit(1).values(|_| pi() * 4.0).all(&db).await?;
/// assert!((area[0] - 12.566_370_614).abs() < 1e-9);
/// # Ok(()) }) }
/// ```
pub fn pi() -> Expr<Free, f64> {
    call(MathFunction::Pi, Vec::new())
}
