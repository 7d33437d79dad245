//! The order of rows.

use std::marker::PhantomData;

use super::expression::{Expr, Expression};
use super::scope::{Windowed, Within};
use super::{QuerySet, Shape};
use crate::ast::{self, Function, MathFunction, Node, Nulls, OrderBy, OrderKey};
use crate::model::{Column, Declaration, Fields, Model, Path, RelationField, Root, RootedIn};
use crate::value::SqlType;

/// One term of an order over rows of `S`.
#[derive(Clone)]
#[must_use = "an order does nothing until `order_by` gets it"]
pub struct Order<S> {
    term: OrderBy,
    marker: PhantomData<fn() -> S>,
}

/// `node` as a term of an order.
pub(super) fn order<S>(node: Node, descending: bool) -> Order<S> {
    Order { term: term(node, descending), marker: PhantomData }
}

fn term(node: Node, descending: bool) -> OrderBy {
    let key = match node.expr {
        // There is nothing to compare: what is random need not be written down where the order is.
        ast::Expr::Function(call) if call.function == Function::Math(MathFunction::Random) => {
            OrderKey::Random
        }
        expr => OrderKey::Expr(expr),
    };
    OrderBy { key, descending, nulls: Nulls::Largest }
}

/// Makes an expression a term of an order.
pub trait OrderExpression: Expression {
    /// Smallest first; NULLs last unless said otherwise.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().order_by(|p| p.stars.asc()).all(&db).await?;
    /// assert_eq!(posts.iter().map(|post| post.stars).collect::<Vec<_>>(), [Some(3), Some(5), None]);
    /// # Ok(()) }) }
    /// ```
    fn asc(self) -> Order<Self::Scope> {
        Order { term: term(self.into_node(), false), marker: PhantomData }
    }

    /// Largest first; NULLs first unless said otherwise.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().order_by(|p| p.stars.desc()).all(&db).await?;
    /// assert_eq!(posts.iter().map(|post| post.stars).collect::<Vec<_>>(), [None, Some(5), Some(3)]);
    /// # Ok(()) }) }
    /// ```
    fn desc(self) -> Order<Self::Scope> {
        Order { term: term(self.into_node(), true), marker: PhantomData }
    }
}

impl<E: Expression> OrderExpression for E {}

impl<S> Order<S> {
    /// NULLs before all values.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().order_by(|p| p.stars.asc().nulls_first()).all(&db).await?;
    /// assert_eq!(posts.iter().map(|post| post.stars).collect::<Vec<_>>(), [None, Some(3), Some(5)]);
    /// # Ok(()) }) }
    /// ```
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls = Nulls::First;
        self
    }

    /// NULLs after all values.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().order_by(|p| p.stars.desc().nulls_last()).all(&db).await?;
    /// assert_eq!(posts.iter().map(|post| post.stars).collect::<Vec<_>>(), [Some(5), Some(3), None]);
    /// # Ok(()) }) }
    /// ```
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls = Nulls::Last;
        self
    }

    /// The opposite order.
    pub fn reversed(mut self) -> Self {
        self.term.reverse();
        self
    }
}

/// One or more terms of an order over rows of `S`: a field (ascending), `field.desc()`, a tuple or `Vec` of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order of `{S}`",
    label = "expected a field of `{S}`, `field.desc()`, or a tuple of these"
)]
pub trait IntoOrder<S> {
    /// Adds the terms.
    fn push_order(self, terms: &mut Vec<OrderBy>);
}

#[diagnostic::do_not_recommend]
impl<S, X: Within<Windowed<S>>> IntoOrder<S> for Order<X> {
    fn push_order(self, terms: &mut Vec<OrderBy>) {
        terms.push(self.term);
    }
}

#[diagnostic::do_not_recommend]
impl<S, X: Within<Windowed<S>>, T: SqlType> IntoOrder<S> for Expr<X, T> {
    fn push_order(self, terms: &mut Vec<OrderBy>) {
        self.asc().push_order(terms);
    }
}

impl<S> IntoOrder<S> for Vec<Order<S>> {
    fn push_order(self, terms: &mut Vec<OrderBy>) {
        terms.extend(self.into_iter().map(|order| order.term));
    }
}

impl<S, P: Path + RootedIn<S>, C: Column<Is: Declaration<Model = P::Target>>> IntoOrder<S>
    for super::Field<P, C>
{
    fn push_order(self, terms: &mut Vec<OrderBy>) {
        self.asc().push_order(terms);
    }
}

impl<S, P: Path + RootedIn<S>, R: RelationField<From = P::Target>> IntoOrder<S> for super::One<P, R> {
    fn push_order(self, terms: &mut Vec<OrderBy>) {
        self.asc().push_order(terms);
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
        impl<S, $($name: IntoOrder<S>),+> IntoOrder<S> for ($($name,)+) {
            fn push_order(self, terms: &mut Vec<OrderBy>) {
                $(self.$at.push_order(terms);)+
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Rows in this order, instead of any order set before.
    ///
    /// NULL counts as the largest value on every database: last with `asc`, first with `desc`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().order_by(|p| (p.author.username, p.views.desc())).all(&db).await?;
    /// assert_eq!(posts.iter().map(|post| post.views).collect::<Vec<_>>(), [120, 55, 7]);
    ///
    /// let sql = Post::objects().order_by(|p| p.stars.desc().nulls_last()).sql(Dialect::MySql)?;
    /// assert!(sql.ends_with("ORDER BY `stars` DESC"));   // NULLs are last already there
    /// # Ok(()) }) }
    /// ```
    pub fn order_by<O: IntoOrder<M>>(mut self, order: impl FnOnce(M::Fields<Root<M>>) -> O) -> Self {
        order(<M::Fields<Root<M>> as Fields>::NEW).push_order(self.query.other_order());
        self
    }

    /// Rows in the opposite order; without any order, that of the primary key downwards.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let fewest_first = Post::objects().order_by(|p| p.views.desc()).reverse();
    /// assert_eq!(fewest_first.all(&db).await?[0].views, 7);
    /// # Ok(()) }) }
    /// ```
    pub fn reverse(mut self) -> Self {
        self.query.reverse();
        self
    }
}
