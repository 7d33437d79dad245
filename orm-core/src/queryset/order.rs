//! The order of rows.

use std::marker::PhantomData;

use super::expression::Expression;
use super::{QuerySet, Shape};
use crate::ast::{Node, Nulls, OrderBy, OrderKey};
use crate::error::Error;
use crate::model::{Model, Root};

/// One term of an order over rows of `S`.
#[derive(Clone)]
#[must_use = "an order does nothing until `order_by` gets it"]
pub struct Order<S> {
    term: OrderBy,
    marker: PhantomData<fn() -> S>,
}

fn order<S>(node: Node, descending: bool) -> Order<S> {
    Order {
        term: OrderBy { key: OrderKey::Expr(node.expr), descending, nulls: Nulls::Largest },
        marker: PhantomData,
    }
}

/// Makes an expression a term of an order.
pub trait OrderExpression: Expression {
    /// Smallest first; NULLs last unless said otherwise.
    fn asc(self) -> Order<Self::Scope> {
        order(self.into_node(), false)
    }

    /// Largest first; NULLs first unless said otherwise.
    fn desc(self) -> Order<Self::Scope> {
        order(self.into_node(), true)
    }
}

impl<E: Expression> OrderExpression for E {}

/// A random order; each run gives another.
pub fn random<S>() -> Order<S> {
    Order {
        term: OrderBy { key: OrderKey::Random, descending: false, nulls: Nulls::Largest },
        marker: PhantomData,
    }
}

impl<S> Order<S> {
    /// NULLs before all values.
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls = Nulls::First;
        self
    }

    /// NULLs after all values.
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls = Nulls::Last;
        self
    }

    /// The opposite order.
    pub fn reversed(mut self) -> Self {
        self.term = self.term.reversed();
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

impl<S> IntoOrder<S> for Order<S> {
    fn push_order(self, terms: &mut Vec<OrderBy>) {
        terms.push(self.term);
    }
}

impl<S> IntoOrder<S> for Vec<Order<S>> {
    fn push_order(self, terms: &mut Vec<OrderBy>) {
        terms.extend(self.into_iter().map(|order| order.term));
    }
}

impl<P: crate::model::Path, C: crate::model::Column<Model = P::Target>> IntoOrder<P::Root>
    for super::Field<P, C>
{
    fn push_order(self, terms: &mut Vec<OrderBy>) {
        self.asc().push_order(terms);
    }
}

impl<P: crate::model::Path, R: crate::model::Relation<From = P::Target>> IntoOrder<P::Root>
    for super::One<P, R>
{
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
    pub fn order_by<O: IntoOrder<M>>(mut self, order: impl FnOnce(M::Fields<Root<M>>) -> O) -> Self {
        if self.select.is_sliced() {
            self.fail(Error::InvalidQuery("a queryset cannot be ordered once it is sliced".into()));
            return self;
        }
        self.select.order_by.clear();
        order(Self::fields()).push_order(&mut self.select.order_by);
        self.ordered = true;
        self
    }

    /// Rows in the opposite order.
    pub fn reverse(mut self) -> Self {
        if self.select.is_sliced() {
            self.fail(Error::InvalidQuery("a queryset cannot be reversed once it is sliced".into()));
            return self;
        }
        self.apply_default_order();
        self.select.order_by =
            std::mem::take(&mut self.select.order_by).into_iter().map(OrderBy::reversed).collect();
        self.ordered = true;
        self
    }

    /// Gives an unordered queryset the model's default order.
    pub(crate) fn apply_default_order(&mut self) {
        if !self.ordered {
            self.select.order_by.extend(
                M::META
                    .ordering
                    .iter()
                    .map(|order| OrderBy::field(&M::META.fields[order.field], order.descending)),
            );
            self.ordered = true;
        }
    }

    /// Gives a queryset that is still unordered the order of the primary key.
    pub(crate) fn apply_key_order(&mut self) {
        self.apply_default_order();
        if self.select.order_by.is_empty() {
            self.select.order_by.extend(M::META.key_fields().map(|field| OrderBy::field(field, false)));
        }
    }

    pub(crate) fn is_random(&self) -> bool {
        self.select.order_by.iter().any(|term| matches!(term.key, OrderKey::Random))
    }
}
