//! Lookups of values that have an order or can at least be equal.

use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::Value as JsonValue;
use uuid::Uuid;

use crate::ast::{CompareOp, Node};
use crate::error::ValueError;
use crate::model::{ForeignKey, IntoField, Model};
use crate::queryset::expression::{Base, Expr, Expression, Predicate};
use crate::queryset::into_expr::IntoExpr;
use crate::value::{FieldType, Json, Value};

/// Types that every database orders alike.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` have no order in a query",
    label = "databases do not agree on the order of `{Self}`",
    note = "a JSON document is compared by `eq`, or by a value in it: `p.data.key(\"age\").gt(18)`"
)]
pub trait Comparable {}

/// Types whose values are equal or not, on every database alike.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot be compared in a query",
    label = "databases do not agree on comparing `{Self}`"
)]
pub trait Equatable {}

macro_rules! comparable {
    ($($type:ty),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl Comparable for $type {}
        #[diagnostic::do_not_recommend]
        impl Equatable for $type {}
    )*};
}

comparable!(
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
    bytes::Bytes,
    Decimal,
    Uuid,
    NaiveDate,
    NaiveTime,
    NaiveDateTime,
    DateTime<Utc>,
    TimeDelta,
    std::time::Duration
);

#[cfg(feature = "time")]
comparable!(time::Date, time::Time, time::PrimitiveDateTime, time::OffsetDateTime, time::Duration);

#[cfg(feature = "jiff")]
comparable!(
    jiff::civil::Date,
    jiff::civil::Time,
    jiff::civil::DateTime,
    jiff::Timestamp,
    jiff::SignedDuration
);

#[diagnostic::do_not_recommend]
impl<M: Model<Key: FieldType>> Comparable for ForeignKey<M> {}
#[diagnostic::do_not_recommend]
impl<M: Model<Key: FieldType>> Equatable for ForeignKey<M> {}
#[diagnostic::do_not_recommend]
impl Equatable for JsonValue {}
#[diagnostic::do_not_recommend]
impl<T> Equatable for Json<T> {}

fn values<T: FieldType, V: IntoField<T>>(
    values: impl IntoIterator<Item = V>,
) -> Result<Vec<Value>, ValueError> {
    // No adaptors: they would be compiled for each kind of list.
    let mut list = Vec::new();
    for value in values {
        match value.into_field().into_value() {
            Ok(value) => list.push(value),
            Err(error) => return Err(error),
        }
    }
    Ok(list)
}

/// Comparisons. A row where either side is NULL does not match.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// // The other side is a value or an expression over the same row.
/// let posts = Post::objects().filter(|p| p.views.between(5, 100) & p.views.ne(p.id * 2));
/// assert_eq!(posts.count(&db).await?, 2);
///
/// let some = Post::objects().filter(|p| p.author.username.is_in(["bob", "eve"]));
/// assert_eq!(some.get(&db).await?.title, "100% tea");
/// # Ok(()) }) }
/// ```
pub trait CompareLookups: Expression {
    // Written out: the compiler's messages would show a macro, and a function behind each of these would be compiled once more
    // for each field and each type that it is compared with.

    /// Equal to a value or an expression. Text is compared with its case.
    fn eq<V>(self, value: V) -> Predicate<V::Scope>
    where
        Base<Self>: Equatable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        Expr { node: self.into_node().compare(CompareOp::Eq, value.into_operand()), marker: PhantomData }
    }

    /// Different from a value or an expression.
    fn ne<V>(self, value: V) -> Predicate<V::Scope>
    where
        Base<Self>: Equatable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        Expr { node: self.into_node().compare(CompareOp::Ne, value.into_operand()), marker: PhantomData }
    }

    /// Greater.
    fn gt<V>(self, value: V) -> Predicate<V::Scope>
    where
        Base<Self>: Comparable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        Expr { node: self.into_node().compare(CompareOp::Gt, value.into_operand()), marker: PhantomData }
    }

    /// Greater or equal.
    fn ge<V>(self, value: V) -> Predicate<V::Scope>
    where
        Base<Self>: Comparable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        Expr { node: self.into_node().compare(CompareOp::Ge, value.into_operand()), marker: PhantomData }
    }

    /// Less.
    fn lt<V>(self, value: V) -> Predicate<V::Scope>
    where
        Base<Self>: Comparable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        Expr { node: self.into_node().compare(CompareOp::Lt, value.into_operand()), marker: PhantomData }
    }

    /// Less or equal.
    fn le<V>(self, value: V) -> Predicate<V::Scope>
    where
        Base<Self>: Comparable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        Expr { node: self.into_node().compare(CompareOp::Le, value.into_operand()), marker: PhantomData }
    }

    /// In the closed range from `low` to `high`.
    fn between<L, H>(self, low: L, high: H) -> Predicate<H::Scope>
    where
        Base<Self>: Comparable,
        L: IntoExpr<Base<Self>, Self::Scope>,
        H: IntoExpr<Base<Self>, L::Scope>,
    {
        Expr { node: self.into_node().between(low.into_operand(), high.into_operand()), marker: PhantomData }
    }

    /// Equal to one of the values, or to one that a query gives. With none of them no row matches.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let named = User::objects().filter(|u| u.username.is_in(["ann", "eve"]));
    /// assert_eq!(named.clone().count(&db).await?, 1);
    ///
    /// let posts = Post::objects().filter(|p| p.author.is_in(named));   // a subquery
    /// assert_eq!(posts.count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    fn is_in<I>(self, list: I) -> Predicate<Self::Scope>
    where
        Base<Self>: Equatable,
        I: IntoList<Base<Self>>,
    {
        Expr { node: list.into_membership(self.into_node()), marker: PhantomData }
    }
}

/// What `is_in` takes: values of type `T`, or a query that gives them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values of type `{T}`",
    label = "expected an array, a `Vec`, or another iterator of `{T}`, or a queryset of such values",
    note = "a queryset gives values with `.values(|row| row.field)`"
)]
pub trait IntoList<T> {
    /// The condition that `node` is in the list.
    fn into_membership(self, node: Node) -> Node;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType, V: IntoField<T>, I: IntoIterator<Item = V>> IntoList<T> for I {
    fn into_membership(self, node: Node) -> Node {
        node.in_list(values::<T, V>(self))
    }
}

impl<E: Expression> CompareLookups for E {}
