//! Lookups of NULL, on expressions that can be NULL.

use std::marker::PhantomData;

use crate::queryset::expression::{Expr, Expression, Predicate};
use crate::value::FieldType;

/// A type that can be NULL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is never NULL",
    label = "this field is not an `Option`, so `is_null` would always be false",
    note = "make the field an `Option` if it can be missing, or leave the condition out"
)]
pub trait CanBeNull {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> CanBeNull for Option<T> {}

/// Questions about NULL.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let silent = User::objects().filter(|u| u.email.is_null()).get(&db).await?;
/// assert_eq!(silent.username, "bob");
/// assert_eq!(Post::objects().filter(|p| p.author.email.is_not_null()).count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
pub trait NullLookups: Expression {
    /// NULL.
    fn is_null(self) -> Predicate<Self::Scope>
    where
        Self::Type: CanBeNull,
    {
        Expr { node: self.into_node().is_null(), marker: PhantomData }
    }

    /// Not NULL.
    fn is_not_null(self) -> Predicate<Self::Scope>
    where
        Self::Type: CanBeNull,
    {
        Expr { node: self.into_node().is_null().negate(), marker: PhantomData }
    }
}

impl<E: Expression> NullLookups for E {}
