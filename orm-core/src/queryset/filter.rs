//! Which rows.

use super::expression::IntoPredicate;
use super::{QuerySet, Shape};
use crate::ast::{Expr, Node};
use crate::error::Error;
use crate::model::{IntoField, Key, Model, Root};

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Only rows for which the condition is true. Called again, both conditions must be.
    pub fn filter<P: IntoPredicate<M>>(mut self, condition: impl FnOnce(M::Fields<Root<M>>) -> P) -> Self {
        self.push_filter(condition(Self::fields()).into_condition());
        self
    }

    /// Only rows for which the condition is not true: exactly those that `filter` would leave out,
    /// including the ones where NULL makes it neither true nor false.
    pub fn exclude<P: IntoPredicate<M>>(mut self, condition: impl FnOnce(M::Fields<Root<M>>) -> P) -> Self {
        self.push_filter(condition(Self::fields()).into_condition().is_not_true());
        self
    }

    /// Only the row with this primary key; a tuple for a composite key.
    pub fn pk(mut self, key: impl IntoField<M::Key>) -> Self {
        self.push_key(key.into_field().to_values());
        self
    }

    /// No rows. Terminal methods answer without asking the database.
    pub fn none(mut self) -> Self {
        self.empty = true;
        self.push_filter(Node::leaf(Expr::Constant(false)));
        self
    }

    /// Equal rows only once. Rows of a model differ by their key, so this matters to other shapes.
    pub fn distinct(mut self) -> Self {
        if self.select.is_sliced() {
            self.fail(Error::InvalidQuery("`distinct` must come before a slice".into()));
            return self;
        }
        self.select.distinct = true;
        self
    }
}
