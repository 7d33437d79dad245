//! Queries inside of expressions, and fields of the query around them.

use super::expression::{Expr, Expression, Predicate, result_of};
use super::lookup::IntoList;
use super::scope::Free;
use super::shape::Values;
use super::{QuerySet, Shape, WholeShape};
use crate::ast::{self, Node, Selection};
use crate::model::{ForeignKey, Model, Path};
use crate::value::{FieldType, SqlType};

/// Whether the query has a row: Django's `Exists`. It can stand in `filter`, and as a value.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let read = User::objects().filter(|u| {
///     exists(Post::objects().filter(|p| p.author.id.eq(u.id.outer()) & p.views.gt(50)))
/// });
/// assert_eq!(read.get(&db).await?.username, "ann");
/// # Ok(()) }) }
/// ```
pub fn exists<M: Model, S: Shape<Model = M>>(query: QuerySet<M, S>) -> Predicate<Free> {
    Expr::new(query.query.embedded(|mut select, depth| {
        if !select.is_grouped() && !select.distinct && matches!(select.source, ast::Source::Model(_)) {
            select.selection = Selection::One;
        }
        Node::exists(select, depth)
    }))
}

/// The value of the query's first row, NULL when there is none: Django's `Subquery`.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let users: Vec<(User, Option<String>)> = User::objects()
///     .order_by(|u| u.id)
///     .annotate(|u| {
///         let own = Post::objects().filter(|p| p.author.id.eq(u.id.outer()));
///         subquery(own.order_by(|p| p.views.desc()).limit(1).values(|p| p.title))
///     })
///     .all(&db)
///     .await?;
/// assert_eq!(users[0].1.as_deref(), Some("Hello"));
/// # Ok(()) }) }
/// ```
pub fn subquery<M: Model, T: SqlType>(query: QuerySet<M, Values<M, T>>) -> Expr<Free, T::Nullable> {
    Expr::new(query.query.embedded(|select, depth| Node::subquery(select, depth, result_of::<T::Nullable>())))
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    fn into_membership_of(self, node: Node, nullable: bool) -> Node {
        self.query.embedded(|select, depth| node.in_subquery(select, depth, nullable))
    }
}

impl<T: FieldType, M: Model, V: SqlType<Base = T>> IntoList<T> for QuerySet<M, Values<M, V>> {
    fn into_membership(self, node: Node) -> Node {
        self.into_membership_of(node, V::NULLABLE)
    }
}

/// The keys of the query's rows.
impl<M: Model<Key: FieldType>, S: WholeShape<Model = M>> IntoList<ForeignKey<M>> for QuerySet<M, S> {
    fn into_membership(mut self, node: Node) -> Node {
        let keys = M::META.key_fields().map(super::expression::own_field).collect();
        self.query.values(keys);
        self.into_membership_of(node, false)
    }
}

/// Fields of a query as seen from a query inside of it.
pub trait OuterExpression: Expression {
    /// The field, or expression, as one of the query around this one: Django's `OuterRef`. Said twice, of the query
    /// around that. What it belongs to is checked when the query is run.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let silent = User::objects().filter(|u| !exists(Post::objects().filter(|p| p.author.id.eq(u.id.outer()))));
    /// assert_eq!(silent.count(&db).await?, 0);
    /// # Ok(()) }) }
    /// ```
    fn outer(self) -> Expr<Free, Self::Type>;
}

impl<P: Path, C> OuterExpression for super::Field<P, C>
where
    Self: Expression<Scope = P::Root>,
{
    fn outer(self) -> Expr<Free, Self::Type> {
        Expr::new(self.into_node().outer(Some(<P::Root as Model>::META)))
    }
}

impl<P: Path, R> OuterExpression for super::One<P, R>
where
    Self: Expression<Scope = P::Root>,
{
    fn outer(self) -> Expr<Free, Self::Type> {
        Expr::new(self.into_node().outer(Some(<P::Root as Model>::META)))
    }
}

impl<M: Model, T: SqlType> OuterExpression for Expr<M, T> {
    fn outer(self) -> Expr<Free, T> {
        Expr::new(self.node.outer(Some(M::META)))
    }
}

impl<T: SqlType> OuterExpression for Expr<Free, T> {
    fn outer(self) -> Expr<Free, T> {
        Expr::new(self.node.outer(None))
    }
}
