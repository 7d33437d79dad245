//! What `aggregate` takes: one or several aggregates over all rows.

use super::aggregates::Aggregate;
use super::expression::Expr;
use super::scope::{AnyGroup, Free, Grouped};
use super::selection::{Selectable, SelectableOne};
use crate::value::SqlType;

/// An aggregate over rows of `S`, a computation on such, or a tuple of up to 12 of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate over rows of `{S}`",
    label = "expected `field.sum()`, `field.count()` or another aggregate, or a tuple of these",
    note = "`aggregate` gives one row for all rows; for values of each row use `values`"
)]
pub trait Summary<S>: Selectable<S> {}

/// One aggregate over rows of `S`, or a computation on such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate over rows of `{S}`",
    label = "expected `field.sum()`, `field.count()` or another aggregate",
    note = "`aggregate` gives one row for all rows; for values of each row use `values`"
)]
pub trait SummaryOne<S>: SelectableOne<S> {}

/// Scopes of aggregates over rows of `S`.
pub trait Summarizes<S> {}

impl<S> Summarizes<S> for Grouped<S> {}
impl<S> Summarizes<S> for AnyGroup {}
impl<S> Summarizes<S> for Free {}

#[diagnostic::do_not_recommend]
impl<S, X: Summarizes<S>, T: SqlType> SummaryOne<S> for Expr<X, T> where Self: SelectableOne<S> {}
#[diagnostic::do_not_recommend]
impl<S, X: Summarizes<S>, T: SqlType> SummaryOne<S> for Aggregate<X, T> where Self: SelectableOne<S> {}

#[diagnostic::do_not_recommend]
impl<S, X, T> Summary<S> for Expr<X, T> where Self: SummaryOne<S> + Selectable<S> {}
#[diagnostic::do_not_recommend]
impl<S, X, T> Summary<S> for Aggregate<X, T> where Self: SummaryOne<S> + Selectable<S> {}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<Scope, $($name: SummaryOne<Scope>),+> Summary<Scope> for ($($name,)+) {}
    )+};
}

tuples! {
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
    (A B C D E F G H I)
    (A B C D E F G H I J)
    (A B C D E F G H I J K)
    (A B C D E F G H I J K L)
}
