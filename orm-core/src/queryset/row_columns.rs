//! The columns that a query of values gives, for a further question about its rows.

use std::marker::PhantomData;

use super::expression::{Expression, Sealed, result_of};
use super::expression_like::expression_like;
use super::scope::RowsOf;
use crate::ast::{Derived, Expr as AstExpr, Node};
use crate::value::{FromColumns, SqlType};

/// A column that a query of values gives.
pub struct RowColumn<S, T> {
    at: usize,
    marker: PhantomData<fn() -> (S, T)>,
}

impl<S, T> Clone for RowColumn<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T> Copy for RowColumn<S, T> {}

impl<S, T> Sealed for RowColumn<S, T> {}

impl<S, T: SqlType> Expression for RowColumn<S, T> {
    type Scope = S;
    type Type = T;

    fn into_node(self) -> Node {
        Node::leaf(AstExpr::Derived(Derived { table: 0, at: self.at, result: result_of::<T>() }))
    }
}

expression_like!(RowColumn);

/// Values whose columns a further question can be about: one, or a tuple.
pub trait RowColumns: FromColumns {
    /// The columns as expressions.
    type Columns;

    /// The columns.
    fn columns() -> Self::Columns;
}

fn column<Row, T: SqlType>(at: usize) -> RowColumn<RowsOf<Row>, T> {
    RowColumn { at, marker: PhantomData }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> RowColumns for T {
    type Columns = RowColumn<RowsOf<T>, T>;

    fn columns() -> Self::Columns {
        column(0)
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> RowColumns for ($($name,)+) {
            type Columns = ($(RowColumn<RowsOf<Self>, $name>,)+);

            fn columns() -> Self::Columns {
                ($(column::<Self, $name>($at),)+)
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
