//! One term of an order.

use super::{Expr, FieldRef};
use crate::schema::FieldMeta;

/// What is sorted by, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderBy {
    /// What is sorted by.
    pub key: OrderKey,
    /// Downwards.
    pub descending: bool,
    /// Where NULLs go.
    pub nulls: Nulls,
}

/// What is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderKey {
    /// An expression.
    Expr(Expr),
    /// Chance.
    Random,
}

/// Where NULLs go. By default NULL counts as the largest value on every database: last upwards, first downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// As the largest value.
    Largest,
    /// Before all values.
    First,
    /// After all values.
    Last,
}

impl OrderBy {
    /// A field of the root model.
    pub fn field(field: &'static FieldMeta, descending: bool) -> Self {
        OrderBy {
            key: OrderKey::Expr(Expr::Field(FieldRef { path: None, field })),
            descending,
            nulls: Nulls::Largest,
        }
    }

    /// Turns it into the opposite order.
    pub fn reverse(&mut self) {
        self.descending = !self.descending;
        self.nulls = match self.nulls {
            Nulls::Largest => Nulls::Largest,
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        };
    }

    /// Whether NULLs come first.
    pub fn nulls_first(&self) -> bool {
        match self.nulls {
            Nulls::First => true,
            Nulls::Last => false,
            Nulls::Largest => self.descending,
        }
    }
}
