//! Choosing among values: coalesce, nullif, greatest, least.

use crate::ast::{ChoiceFunction, Function, Node};
use crate::queryset::expression::{Base, Expr, Expression, result_of};
use crate::queryset::into_expr::IntoExpr;
use crate::queryset::lookup::Comparable;
use crate::value::{Nullability, SqlType};

fn call<S, T: SqlType>(function: ChoiceFunction, args: Vec<Node>) -> Expr<S, T> {
    Expr::new(Node::function(Function::Choice(function), args, result_of::<T>()))
}

/// Functions that choose among values, under Django's names.
pub trait ChoiceFunctions: Expression {
    /// This value, or the other where this one is NULL. Again for further ones.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let stars: Vec<i32> = Post::objects().order_by(|p| p.id).values(|p| p.stars.coalesce(0)).all(&db).await?;
    /// assert_eq!(stars, [5, 0, 3]);
    /// # Ok(()) }) }
    /// ```
    fn coalesce<V>(self, other: V) -> Expr<V::Scope, <V::Null as Nullability>::Either<Self::Type>>
    where
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        call(ChoiceFunction::Coalesce, vec![self.into_node(), other.into_operand()])
    }

    /// NULL where both are equal, else this value.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let views: Vec<Option<i64>> = Post::objects().order_by(|p| p.id).values(|p| p.views.nullif(7)).all(&db).await?;
    /// assert_eq!(views, [Some(120), None, Some(55)]);
    /// # Ok(()) }) }
    /// ```
    fn nullif<V>(self, other: V) -> Expr<V::Scope, <Self::Type as SqlType>::Nullable>
    where
        Base<Self>: Comparable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        call(ChoiceFunction::NullIf, vec![self.into_node(), other.into_operand()])
    }

    /// The greater of the two; NULL where one is, on every database. Django's `Greatest`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let views: Vec<i64> = Post::objects().order_by(|p| p.id).values(|p| p.views.greatest(50)).all(&db).await?;
    /// assert_eq!(views, [120, 50, 55]);
    /// # Ok(()) }) }
    /// ```
    fn greatest<V>(self, other: V) -> Expr<V::Scope, <V::Null as Nullability>::Apply<Self::Type>>
    where
        Base<Self>: Comparable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        call(ChoiceFunction::Greatest, vec![self.into_node(), other.into_operand()])
    }

    /// The lesser of the two; NULL where one is, on every database. Django's `Least`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let views: Vec<i64> = Post::objects().order_by(|p| p.id).values(|p| p.views.least(50)).all(&db).await?;
    /// assert_eq!(views, [50, 7, 50]);
    /// # Ok(()) }) }
    /// ```
    fn least<V>(self, other: V) -> Expr<V::Scope, <V::Null as Nullability>::Apply<Self::Type>>
    where
        Base<Self>: Comparable,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        call(ChoiceFunction::Least, vec![self.into_node(), other.into_operand()])
    }
}

impl<E: Expression> ChoiceFunctions for E {}
