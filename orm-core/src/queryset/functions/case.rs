//! `case().when(…).then(…).otherwise(…)`.

use std::marker::PhantomData;

use crate::ast::Node;
use crate::queryset::expression::{Condition, Expr, Expression, Sealed, result_of};
use crate::queryset::expression_like::expression_like;
use crate::queryset::into_expr::IntoExpr;
use crate::queryset::operand::Operand;
use crate::queryset::scope::{Beside, Free};
use crate::value::{Nullability, SqlType};

/// The beginning of a choice: [`case`].
#[must_use = "a case needs `.when(…).then(…)`"]
pub struct CaseStart(());

/// The first condition, which waits for its value.
#[must_use = "a condition needs a value: `.then(…)`"]
pub struct CaseFirst<S> {
    when: Node,
    marker: PhantomData<fn() -> S>,
}

/// A further condition that waits for its value.
#[must_use = "a condition needs a value: `.then(…)`"]
pub struct CaseWhen<S, T> {
    branches: Vec<(Node, Node)>,
    when: Node,
    marker: PhantomData<fn() -> (S, T)>,
}

/// The first value whose condition is true, else NULL.
#[must_use = "a case does nothing until a queryset uses it"]
pub struct Case<S, T> {
    branches: Vec<(Node, Node)>,
    marker: PhantomData<fn() -> (S, T)>,
}

/// The first of several values whose condition is true: Django's `Case` and `When`.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let heat = Post::objects()
///     .order_by(|p| p.id)
///     .values(|p| case().when(p.views.gt(100)).then("hot").when(p.views.gt(50)).then("warm").otherwise("cold"))
///     .all(&db)
///     .await?;
/// assert_eq!(heat, ["hot", "cold", "warm"]);
/// # Ok(()) }) }
/// ```
pub fn case() -> CaseStart {
    CaseStart(())
}

impl CaseStart {
    /// If this is true …
    pub fn when<C: Condition<Free>>(self, condition: C) -> CaseFirst<C::Joined> {
        CaseFirst { when: condition.into_term(), marker: PhantomData }
    }
}

impl<S> CaseFirst<S> {
    /// … then it is this value, whose type is that of all others.
    pub fn then<V>(self, value: V) -> Case<<V::Scope as Beside<S>>::Joined, <V::Type as SqlType>::Nullable>
    where
        V: Operand<Scope: Beside<S>, Type: SqlType>,
    {
        Case { branches: vec![(self.when, value.into_node_alone())], marker: PhantomData }
    }
}

impl<S, T: SqlType> CaseWhen<S, T> {
    /// … then it is this value.
    pub fn then<V: IntoExpr<T::Base, S>>(mut self, value: V) -> Case<V::Scope, T> {
        self.branches.push((self.when, value.into_operand()));
        Case { branches: self.branches, marker: PhantomData }
    }
}

impl<S, T: SqlType> Case<S, T> {
    /// Otherwise, if this is true …
    pub fn when<C: Condition<S>>(self, condition: C) -> CaseWhen<C::Joined, T> {
        CaseWhen { branches: self.branches, when: condition.into_term(), marker: PhantomData }
    }

    /// Otherwise it is this value. The whole is an `Option` only if a value can be NULL.
    pub fn otherwise<V>(self, value: V) -> Expr<V::Scope, <V::Null as Nullability>::Apply<T::Base>>
    where
        V: IntoExpr<T::Base, S>,
        T::Base: SqlType<Base = T::Base>,
    {
        let result = result_of::<<V::Null as Nullability>::Apply<T::Base>>();
        Expr::new(Node::case(self.branches, Some(value.into_operand()), result))
    }
}

impl<S, T> Clone for Case<S, T> {
    fn clone(&self) -> Self {
        Case { branches: self.branches.clone(), marker: PhantomData }
    }
}

impl<S, T> Sealed for Case<S, T> {}

impl<S, T: SqlType> Expression for Case<S, T> {
    type Scope = S;
    type Type = T;

    fn into_node(self) -> Node {
        Node::case(self.branches, None, result_of::<T>())
    }
}

expression_like!(Case);
