//! Functions of groups of rows: count, sum, avg, …

use std::marker::PhantomData;

use rust_decimal::Decimal;

use super::expression::{Base, Expr, Expression, Predicate, Sealed, result_of};
use super::expression_like::expression_like;
use super::into_expr::IntoExpr;
use super::scope::{AnyGroup, BaseScope, Grouped};
use crate::ast::{self, Aggregate as Ast, AggregateFunction, ChoiceFunction, Function, Node};
use crate::value::{FieldType, SqlType};

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
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
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
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let (all, popular) =
    ///     Post::objects().aggregate(&db, |p| (p.id.count(), p.id.count().filter(p.views.gt(50)))).await?;
    /// assert_eq!((all, popular), (3, 2));
    /// # Ok(()) }) }
    /// ```
    pub fn filter<P: super::IntoPredicate<S>>(self, condition: P) -> Self {
        let condition = condition.into_condition();
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
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
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
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
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
    note = "`avg` works on integers, floats and `Decimal`"
)]
pub trait Averageable: FieldType {
    /// The type of the mean.
    type Mean: FieldType;
}

macro_rules! types {
    ($($trait:ident $name:ident: $($type:ty => $result:ty),*;)*) => {$($(
        impl $trait for $type { type $name = $result; }
    )*)*};
}

types! {
    Summable Sum: i16 => i64, i32 => i64, i64 => i64, u32 => u64, u64 => u64, f32 => f64, f64 => f64,
        Decimal => Decimal, chrono::TimeDelta => chrono::TimeDelta;
    Averageable Mean: i16 => f64, i32 => f64, i64 => f64, u32 => f64, u64 => f64, f32 => f64, f64 => f64,
        Decimal => Decimal;
}

/// Values that have an order on every database: numbers, text, dates and times.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` have no least and greatest",
    label = "databases do not agree on the order of `{Self}`",
    note = "`min` and `max` work on numbers, text, dates and times"
)]
pub trait Ordered: FieldType {}

macro_rules! ordered {
    ($($type:ty)*) => {$( impl Ordered for $type {} )*};
}

ordered!(
    i16 i32 i64 u32 u64 f32 f64 Decimal String chrono::NaiveDate chrono::NaiveTime chrono::NaiveDateTime
    chrono::DateTime<chrono::Utc> chrono::TimeDelta
);

#[cfg(feature = "time")]
ordered!(time::Date time::Time time::PrimitiveDateTime time::OffsetDateTime time::Duration);

#[cfg(feature = "jiff")]
ordered!(jiff::civil::Date jiff::civil::Time jiff::civil::DateTime jiff::Timestamp jiff::SignedDuration);

/// Functions of the values of a group, under Django's names. NULLs are left out; of no value they are NULL, but for `count`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
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
}

impl<E: Expression<Scope: BaseScope>> Aggregates for E {}
