//! Lookups of NULL, on expressions that can be NULL.

use crate::queryset::expression::{Expr, Expression, Predicate};
use crate::value::{Optional, SqlType};

/// A type that can be NULL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is never NULL",
    label = "this field is not an `Option`, so `is_null` would always be false",
    note = "make the field an `Option` if it can be missing, or leave the condition out"
)]
pub trait CanBeNull: SqlType {}

impl<T: SqlType<Null = Optional>> CanBeNull for T {}

/// Questions about NULL.
pub trait NullLookups: Expression {
    /// NULL.
    fn is_null(self) -> Predicate<Self::Scope>
    where
        Self::Type: CanBeNull,
    {
        Expr::new(self.into_node().is_null())
    }

    /// Not NULL.
    fn is_not_null(self) -> Predicate<Self::Scope>
    where
        Self::Type: CanBeNull,
    {
        Expr::new(self.into_node().is_null().negate())
    }
}

impl<E: Expression> NullLookups for E {}
