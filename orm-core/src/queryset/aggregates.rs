//! Functions of groups of rows: count, sum, avg, …

use std::marker::PhantomData;

use rust_decimal::Decimal;

use super::arithmetic::Integral;
use super::expression::{Base, Expr, Expression, Predicate, Sealed, result_of};
use super::expression_like::expression_like;
use super::into_expr::IntoExpr;
use super::lookup::Comparable;
use super::scope::{AnyGroup, BaseScope, Grouped};
use crate::ast::{self, Aggregate as Ast, AggregateFunction, ChoiceFunction, Function, Node};
use crate::value::{FieldType, Json, SqlType, Value};

/// An aggregate of type `T`; `G` is the groups that it is about.
///
/// It is an expression, which can be compared, calculated with and ordered by; before that it can be refined.
#[must_use = "an aggregate does nothing until a queryset uses it"]
pub struct Aggregate<G, T> {
    node: Node,
    marker: PhantomData<fn() -> (G, T)>,
}

impl<G, T> Clone for Aggregate<G, T> {
    fn clone(&self) -> Self {
        Aggregate::of(self.node.clone())
    }
}

impl<G, T> Sealed for Aggregate<G, T> {}

impl<G, T: SqlType> Expression for Aggregate<G, T> {
    type Scope = G;
    type Type = T;

    fn into_node(self) -> Node {
        self.node
    }
}

expression_like!(Aggregate);

fn aggregate<G, T: SqlType>(function: AggregateFunction, args: Vec<Node>) -> Aggregate<G, T> {
    Aggregate::of(Node::aggregate(function, args, result_of::<T>()))
}

impl<G, T> Aggregate<G, T> {
    fn of(node: Node) -> Self {
        Aggregate { node, marker: PhantomData }
    }

    fn refined(self, refine: impl FnOnce(&mut Ast), depth: u16) -> Node {
        let own = self.node.depth();
        match self.node.expr {
            ast::Expr::Aggregate(mut aggregate) => {
                refine(&mut aggregate);
                Node::nested((own - 1).max(depth), || ast::Expr::Aggregate(aggregate))
            }
            _ => self.node,
        }
    }

    /// Equal values count once.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let authors = Post::objects().aggregate(&db, |p| p.author.count().distinct()).await?;
    /// assert_eq!(authors, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn distinct(self) -> Self {
        Aggregate::of(self.refined(|aggregate| aggregate.distinct = true, 0))
    }
}

impl<S: BaseScope, T> Aggregate<Grouped<S>, T> {
    /// Only rows for which the condition is true.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let (all, popular) =
    ///     Post::objects().aggregate(&db, |p| (p.id.count(), p.id.count().filter(p.views.gt(50)))).await?;
    /// assert_eq!((all, popular), (3, 2));
    /// # Ok(()) }) }
    /// ```
    pub fn filter<P: super::IntoPredicate<S>>(self, condition: P) -> Self {
        let condition = condition.into_condition();
        if condition.is_always() {
            return self;
        }
        let depth = condition.depth();
        Aggregate::of(
            self.refined(
                |aggregate| aggregate.filter = Some(both(aggregate.filter.take(), condition)),
                depth,
            ),
        )
    }

    /// In this order, where it matters: `string_agg`, `json_agg`.
    pub fn order_by<O: super::IntoOrder<S>>(self, order: O) -> Self {
        let mut terms = Vec::new();
        order.push_order(&mut terms);
        Aggregate::of(self.refined(|aggregate| aggregate.order_by = terms, 0))
    }
}

fn both(first: Option<ast::Expr>, second: Node) -> ast::Expr {
    match first {
        Some(first) => Node::leaf(first).and(second).expr,
        None => second.expr,
    }
}

impl<T> Aggregate<AnyGroup, T> {
    /// Only rows for which the condition is true.
    pub fn filter<S: BaseScope>(self, condition: Predicate<S>) -> Aggregate<Grouped<S>, T> {
        Aggregate::<Grouped<S>, T>::of(self.node).filter::<Predicate<S>>(condition)
    }
}

impl<G, T: SqlType> Aggregate<G, T> {
    /// The value where there is nothing to aggregate, instead of NULL.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let none = Post::objects().filter(|p| p.views.gt(999));
    /// assert_eq!(none.clone().aggregate(&db, |p| p.views.sum()).await?, None);
    /// assert_eq!(none.aggregate(&db, |p| p.views.sum().default(0)).await?, 0);
    /// # Ok(()) }) }
    /// ```
    pub fn default<V: IntoExpr<T::Base, G, Scope = G>>(self, value: V) -> Expr<G, T::Base>
    where
        T::Base: SqlType,
    {
        let args = vec![self.node, value.into_operand()];
        Expr::new(Node::function(Function::Choice(ChoiceFunction::Coalesce), args, result_of::<T::Base>()))
    }
}

/// How many rows there are: `COUNT(*)`, also in groups.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let posts: Vec<(String, i64)> =
///     Post::objects().values(|p| (p.author.username, count_rows())).order_by(|_| count_rows()).all(&db).await?;
/// assert_eq!(posts, [("bob".to_owned(), 1), ("ann".to_owned(), 2)]);
/// # Ok(()) }) }
/// ```
pub fn count_rows() -> Aggregate<AnyGroup, i64> {
    aggregate(AggregateFunction::Count, Vec::new())
}

/// Numbers and lengths of time that can be added up, and what their sum is.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot be added up",
    label = "not a number",
    note = "`sum` works on integers, floats, `Decimal` and `TimeDelta`"
)]
pub trait Summable: FieldType {
    /// The type of the sum.
    type Sum: FieldType;
}

/// Numbers that have a mean, and what it is.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` have no mean",
    label = "not a number",
    note = "`avg` works on integers, floats, `Decimal` and `TimeDelta`"
)]
pub trait Averageable: FieldType {
    /// The type of the mean.
    type Mean: FieldType;
}

macro_rules! types {
    ($($trait:ident $name:ident: $($type:ty => $result:ty),*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl $trait for $type { type $name = $result; }
    )*)*};
}

types! {
    Summable Sum: i16 => i64, i32 => i64, i64 => i64, u32 => u64, u64 => u64, f32 => f64, f64 => f64,
        Decimal => Decimal, chrono::TimeDelta => chrono::TimeDelta;
    Averageable Mean: i16 => f64, i32 => f64, i64 => f64, u32 => f64, u64 => f64, f32 => f64, f64 => f64,
        Decimal => Decimal, chrono::TimeDelta => chrono::TimeDelta;
}

#[cfg(feature = "time")]
types! {
    Summable Sum: time::Duration => time::Duration;
    Averageable Mean: time::Duration => time::Duration;
}

#[cfg(feature = "jiff")]
types! {
    Summable Sum: jiff::SignedDuration => jiff::SignedDuration;
    Averageable Mean: jiff::SignedDuration => jiff::SignedDuration;
}

/// Values that have an order on every database: numbers, text, dates and times.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` have no least and greatest",
    label = "databases do not agree on the order of `{Self}`",
    note = "`min` and `max` work on numbers, text, dates and times"
)]
pub trait Ordered: FieldType {}

macro_rules! ordered {
    ($($type:ty)*) => {$( #[diagnostic::do_not_recommend] impl Ordered for $type {} )*};
}

ordered!(
    i16 i32 i64 u32 u64 f32 f64 Decimal String chrono::NaiveDate chrono::NaiveTime chrono::NaiveDateTime
    chrono::DateTime<chrono::Utc> chrono::TimeDelta
);

#[cfg(feature = "time")]
ordered!(time::Date time::Time time::PrimitiveDateTime time::OffsetDateTime time::Duration);

#[cfg(feature = "jiff")]
ordered!(jiff::civil::Date jiff::civil::Time jiff::civil::DateTime jiff::Timestamp jiff::SignedDuration);

/// Values that have the same form in JSON on every database.
#[diagnostic::on_unimplemented(
    message = "databases do not agree on how `{Self}` is written in JSON",
    label = "no value of JSON",
    note = "integers, truth values, text and JSON are; others can be made text by `.cast::<String>()`"
)]
pub trait JsonElement: FieldType {}

macro_rules! elements {
    ($($type:ty)*) => {$( impl JsonElement for $type {} )*};
}

elements!(bool i16 i32 i64 u32 u64 String serde_json::Value);

impl<T> JsonElement for Json<T> where Json<T>: FieldType {}

/// Functions of the values of a group, under Django's names. NULLs are left out; of no value they are NULL, but for `count`.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let (most, mean) = Post::objects().aggregate(&db, |p| (p.views.max(), p.stars.avg())).await?;
/// assert_eq!((most, mean), (Some(120), Some(4.0)));
/// # Ok(()) }) }
/// ```
pub trait Aggregates: Expression<Scope: BaseScope> {
    /// How many values are not NULL.
    fn count(self) -> Aggregate<Grouped<Self::Scope>, i64> {
        aggregate(AggregateFunction::Count, vec![self.into_node()])
    }

    /// The sum.
    fn sum(self) -> Aggregate<Grouped<Self::Scope>, Option<<Base<Self> as Summable>::Sum>>
    where
        Base<Self>: Summable,
    {
        aggregate(AggregateFunction::Sum, vec![self.into_node()])
    }

    /// The mean.
    fn avg(self) -> Aggregate<Grouped<Self::Scope>, Option<<Base<Self> as Averageable>::Mean>>
    where
        Base<Self>: Averageable,
    {
        aggregate(AggregateFunction::Avg, vec![self.into_node()])
    }

    /// The least value.
    fn min(self) -> Aggregate<Grouped<Self::Scope>, Option<Base<Self>>>
    where
        Base<Self>: Ordered,
    {
        aggregate(AggregateFunction::Min, vec![self.into_node()])
    }

    /// The greatest value.
    fn max(self) -> Aggregate<Grouped<Self::Scope>, Option<Base<Self>>>
    where
        Base<Self>: Ordered,
    {
        aggregate(AggregateFunction::Max, vec![self.into_node()])
    }

    /// The standard deviation of the values as a whole population. Of exact numbers, too, it is an `f64`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let spread = Post::objects().aggregate(&db, |p| (p.stars.stddev(), p.stars.var_samp())).await?;
    /// assert_eq!(spread, (Some(1.0), Some(2.0)));   // of 3 and 5
    /// # Ok(()) }) }
    /// ```
    fn stddev(self) -> Aggregate<Grouped<Self::Scope>, Option<f64>>
    where
        Base<Self>: Averageable,
    {
        aggregate(AggregateFunction::StdDevPop, vec![self.into_node()])
    }

    /// The standard deviation that a sample of these values tells of its population; NULL of fewer than two.
    fn stddev_samp(self) -> Aggregate<Grouped<Self::Scope>, Option<f64>>
    where
        Base<Self>: Averageable,
    {
        aggregate(AggregateFunction::StdDevSamp, vec![self.into_node()])
    }

    /// The variance of the values as a whole population.
    fn variance(self) -> Aggregate<Grouped<Self::Scope>, Option<f64>>
    where
        Base<Self>: Averageable,
    {
        aggregate(AggregateFunction::VarPop, vec![self.into_node()])
    }

    /// The variance that a sample of these values tells of its population; NULL of fewer than two.
    fn var_samp(self) -> Aggregate<Grouped<Self::Scope>, Option<f64>>
    where
        Base<Self>: Averageable,
    {
        aggregate(AggregateFunction::VarSamp, vec![self.into_node()])
    }

    /// The texts put together, with a separator between them; in an order of your choice by `order_by`, else in any.
    ///
    /// With `distinct` the order can only be that of the text itself.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles = Post::objects().aggregate(&db, |p| p.title.string_agg(", ").order_by(p.views)).await?;
    /// assert_eq!(titles.as_deref(), Some("100% tea, Spoons, Hello"));
    /// # Ok(()) }) }
    /// ```
    fn string_agg(self, separator: impl Into<String>) -> Aggregate<Grouped<Self::Scope>, Option<String>>
    where
        Self::Type: SqlType<Base = String>,
    {
        let separator = Node::value(Ok(Value::Text(separator.into())));
        aggregate(AggregateFunction::StringAgg, vec![self.into_node(), separator])
    }

    /// The values as a JSON array, NULLs as `null`; in an order of your choice by `order_by`, else in any.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let stars = Post::objects().aggregate(&db, |p| p.stars.json_agg().order_by(p.id)).await?;
    /// assert_eq!(stars.unwrap_or_default().to_string(), "[5,null,3]");
    /// # Ok(()) }) }
    /// ```
    fn json_agg(self) -> Aggregate<Grouped<Self::Scope>, Option<serde_json::Value>>
    where
        Base<Self>: JsonElement,
    {
        aggregate(AggregateFunction::JsonArrayAgg, vec![self.into_node()])
    }

    /// A JSON object with these texts as names; of equal names one value is kept.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let stars = Post::objects().filter(|p| p.views.gt(50));
    /// let stars = stars.aggregate(&db, |p| p.title.json_object_agg(p.stars)).await?;
    /// assert_eq!(stars.unwrap_or_default().to_string(), r#"{"Hello":5,"Spoons":3}"#);
    /// # Ok(()) }) }
    /// ```
    fn json_object_agg<V>(self, value: V) -> Aggregate<Grouped<Self::Scope>, Option<serde_json::Value>>
    where
        Self: Expression<Type = String>,
        V: Expression<Scope = Self::Scope, Type: SqlType<Base: JsonElement>>,
    {
        aggregate(AggregateFunction::JsonObjectAgg, vec![self.into_node(), value.into_node()])
    }

    /// Whether it is true for all of them.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let all_and_any =
    ///     Post::objects().aggregate(&db, |p| (p.views.gt(50).bool_and(), p.views.gt(50).bool_or())).await?;
    /// assert_eq!(all_and_any, (Some(false), Some(true)));
    /// # Ok(()) }) }
    /// ```
    fn bool_and(self) -> Aggregate<Grouped<Self::Scope>, Option<bool>>
    where
        Self::Type: SqlType<Base = bool>,
    {
        aggregate(AggregateFunction::BoolAnd, vec![self.into_node()])
    }

    /// Whether it is true for one of them.
    fn bool_or(self) -> Aggregate<Grouped<Self::Scope>, Option<bool>>
    where
        Self::Type: SqlType<Base = bool>,
    {
        aggregate(AggregateFunction::BoolOr, vec![self.into_node()])
    }

    /// Any of the values: for what is equal within a group.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let names = Post::objects().values(|p| (p.author, p.author.username.any_value(), p.id.count()));
    /// assert_eq!(names.order_by(|p| p.author).all(&db).await?[0].1.as_deref(), Some("ann"));
    /// # Ok(()) }) }
    /// ```
    fn any_value(self) -> Aggregate<Grouped<Self::Scope>, Option<Base<Self>>>
    where
        Base<Self>: Comparable,
    {
        aggregate(AggregateFunction::AnyValue, vec![self.into_node()])
    }

    /// The bits that all of them have.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let bits = Post::objects().aggregate(&db, |p| (p.stars.bit_and(), p.stars.bit_or(), p.stars.bit_xor())).await?;
    /// assert_eq!(bits, (Some(1), Some(7), Some(6)));   // of 3 and 5
    /// # Ok(()) }) }
    /// ```
    fn bit_and(self) -> Aggregate<Grouped<Self::Scope>, Option<Base<Self>>>
    where
        Base<Self>: Integral,
    {
        aggregate(AggregateFunction::BitAnd, vec![self.into_node()])
    }

    /// The bits that one of them has.
    fn bit_or(self) -> Aggregate<Grouped<Self::Scope>, Option<Base<Self>>>
    where
        Base<Self>: Integral,
    {
        aggregate(AggregateFunction::BitOr, vec![self.into_node()])
    }

    /// The bits that an odd number of them has.
    fn bit_xor(self) -> Aggregate<Grouped<Self::Scope>, Option<Base<Self>>>
    where
        Base<Self>: Integral,
    {
        aggregate(AggregateFunction::BitXor, vec![self.into_node()])
    }
}

impl<E: Expression<Scope: BaseScope>> Aggregates for E {}
