//! What may stand on the right of a comparison or an operator: a value, or an expression of the same type.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::Value as JsonValue;
use uuid::Uuid;

use super::expression::{Expr, Expression};
use super::field::{Field, One};
use super::operand::Operand;
use super::scope::Beside;
use super::scope::Free;
use crate::ast::Node;
use crate::model::{Column, Declaration, ForeignKey, Model, Path, RelationField, TypeOf};
use crate::value::{FieldType, Nullability, Required, SqlType};

/// A value of type `T`, or an expression of that type over rows of `S`.
///
/// `T` comes before `S` because only then may other crates implement it for all `S`: `i64` for a newtype of their own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a field of type `{T}`",
    label = "expected a `{T}`, or a field or expression of that type in the same query",
    note = "if both sides are fields, they must belong to the queryset's own model or be reached from it"
)]
pub trait IntoExpr<T, S> {
    /// Whether it can be NULL.
    type Null: Nullability;
    /// The scope of both together.
    type Scope;

    /// The untyped tree.
    fn into_operand(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<S, P, C, T> IntoExpr<T, S> for Field<P, C>
where
    P: Path<Root: Beside<S>>,
    C: Column<Is: Declaration<Model = P::Target>>,
    P::Apply<TypeOf<C>>: SqlType<Base = T>,
{
    type Null = <P::Apply<TypeOf<C>> as SqlType>::Null;
    type Scope = <P::Root as Beside<S>>::Joined;

    fn into_operand(self) -> Node {
        self.into_node()
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, R, T> IntoExpr<T, S> for One<P, R>
where
    P: Path<Root: Beside<S>>,
    R: RelationField<From = P::Target>,
    P::Apply<TypeOf<R>>: SqlType<Base = T>,
{
    type Null = <P::Apply<TypeOf<R>> as SqlType>::Null;
    type Scope = <P::Root as Beside<S>>::Joined;

    fn into_operand(self) -> Node {
        self.into_node()
    }
}

#[diagnostic::do_not_recommend]
impl<S, X, T, B> IntoExpr<B, S> for Expr<X, T>
where
    X: Beside<S>,
    T: SqlType<Base = B>,
{
    type Null = T::Null;
    type Scope = X::Joined;

    fn into_operand(self) -> Node {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: FieldType>> IntoExpr<ForeignKey<M>, S> for &M {
    type Null = Required;
    type Scope = S;

    fn into_operand(self) -> Node {
        Node::value(FieldType::into_value(self.key()))
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: FieldType>> IntoExpr<ForeignKey<M>, S> for ForeignKey<M> {
    type Null = Required;
    type Scope = S;

    fn into_operand(self) -> Node {
        Node::value(FieldType::into_value(self))
    }
}

/// A value as an operand. Derived code calls this rather than the method, whose call would have the compiler say
/// again what the type lacks.
#[doc(hidden)]
pub fn operand<T: FieldType>(value: T) -> Node {
    Node::value(value.into_value())
}

// Not by the macro, which the compiler would show whenever text is compared with something else.
#[diagnostic::do_not_recommend]
impl<S> IntoExpr<String, S> for &str {
    type Null = Required;
    type Scope = S;

    fn into_operand(self) -> Node {
        operand(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl Operand for &str {
    type Scope = Free;
    type Type = String;

    fn into_node_alone(self) -> Node {
        operand(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl Operand for &String {
    type Scope = Free;
    type Type = String;

    fn into_node_alone(self) -> Node {
        operand(self.clone())
    }
}

/// Other Rust types accepted for a field's type, each with the conversion.
macro_rules! also {
    ($($from:ty => $to:ty: |$value:ident| $convert:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S> IntoExpr<$to, S> for $from {
            type Null = Required;
            type Scope = S;

            fn into_operand(self) -> Node {
                let $value = self;
                Node::value(FieldType::into_value($convert))
            }
        }
    )*};
}

also! {
    &String => String: |text| text.clone();
    &[u8] => Vec<u8>: |bytes| bytes.to_vec();
    i32 => Decimal: |number| Decimal::from(number);
    i64 => Decimal: |number| Decimal::from(number);
}

/// Lets values of a field type of your own be compared, assigned and given to builders.
///
/// `#[derive(Choices)]` and `#[derive(FieldType)]` do it by themselves; this is for a type for which you implement
/// [`FieldType`] by hand. Implement [`Equatable`](crate::queryset::Equatable) and [`Comparable`](crate::queryset::Comparable) beside it if all databases compare what
/// the type is stored as alike (text, bytes, numbers, dates; not documents).
///
/// ```
/// use orm::error::ValueError;
/// use orm::prelude::*;
/// use orm::queryset::{Comparable, Equatable};
/// use orm::value::{FieldType, Row, Value, ValueKind};
///
/// /// Two letters, stored as text.
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// pub struct Country([u8; 2]);
///
/// impl FieldType for Country {
///     const KIND: ValueKind = ValueKind::Text;
///
///     fn to_value(&self) -> Result<Value, ValueError> {
///         Ok(Value::Text(self.0.map(char::from).iter().collect()))
///     }
///
///     fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
///         let Some(text) = row.str(at)? else { return Ok(None) };
///         let letters = text.as_bytes().try_into().map_err(|_| ValueError::Invalid("no country".into()))?;
///         Ok(Some(Country(letters)))
///     }
/// }
///
/// orm::field_values!(Country);
/// impl Equatable for Country {}
/// impl Comparable for Country {}
///
/// #[derive(Model, Debug)]
/// pub struct City {
///     #[field(primary_key)]
///     pub id: i64,
///     #[field(max_length = 2)]
///     pub country: Country,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let db = orm::sqlite::connect("sqlite::memory:").await?;
/// # db.create_tables(models![City]).await?;
/// City::objects().create(&db, |c| c.country(Country(*b"fr"))).await?;
/// let city = City::objects().filter(|c| c.country.eq(Country(*b"fr"))).get(&db).await?;
/// assert_eq!(city.country, Country(*b"fr"));
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! field_values {
    ($($type:ty),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<S> $crate::queryset::IntoExpr<$type, S> for $type {
            type Null = $crate::value::Required;
            type Scope = S;

            fn into_operand(self) -> $crate::ast::Node {
                $crate::queryset::operand(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::queryset::Operand for $type {
            type Scope = $crate::queryset::Free;
            type Type = $type;

            fn into_node_alone(self) -> $crate::ast::Node {
                $crate::queryset::operand(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::model::IntoField<$type> for $type {
            fn into_field(self) -> $type {
                self
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::model::IntoField<::core::option::Option<$type>> for $type {
            fn into_field(self) -> ::core::option::Option<$type> {
                ::core::option::Option::Some(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S> $crate::queryset::Assign<$type, S> for $type {
            fn into_assigned(self) -> $crate::ast::Node {
                $crate::queryset::operand(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S> $crate::queryset::Assign<::core::option::Option<$type>, S> for $type {
            fn into_assigned(self) -> $crate::ast::Node {
                $crate::queryset::operand(self)
            }
        }
    )*};
}

field_values!(
    bool,
    i16,
    i32,
    i64,
    u32,
    u64,
    f32,
    f64,
    String,
    Vec<u8>,
    Bytes,
    Decimal,
    Uuid,
    JsonValue,
    NaiveDate,
    NaiveTime,
    NaiveDateTime,
    DateTime<Utc>,
    TimeDelta,
    std::time::Duration
);

#[cfg(feature = "time")]
field_values!(time::Date, time::Time, time::PrimitiveDateTime, time::OffsetDateTime, time::Duration);

#[cfg(feature = "jiff")]
field_values!(
    jiff::civil::Date,
    jiff::civil::Time,
    jiff::civil::DateTime,
    jiff::Timestamp,
    jiff::SignedDuration
);
