//! What is selected instead of the model, or beside it: `values`, `annotate`.

use super::expression::{Expr, Expression, IntoPredicate};
use super::field::{Field, One};
use super::scope::{EachRow, Grouped, Windowed, Within};
use super::shape::{Annotated, Beside, ModelShape, Values};
use super::{QuerySet, Shape};
use crate::ast::{Expr as AstExpr, Node};
use crate::model::{Column, Declaration, Model, Path, RelationField, Root, RootedIn, TypeOf};
use crate::value::{FromColumns, SqlType, ValueKind};

/// Something that can be selected in a query for `S`: a field, an expression, or a tuple of up to 16 of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected in a query for `{S}`",
    label = "expected a field or an expression of `{S}`, or a tuple of up to 16 of them",
    note = "a value of its own is selected as `value(7_i64)`"
)]
pub trait Selectable<S> {
    /// What is read.
    type Out: FromColumns;

    /// What rows it is about; a tuple's are a tuple.
    type Scopes;

    /// Adds the untyped trees.
    fn push_selected(self, nodes: &mut Vec<Node>);
}

/// One expression that can be selected.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected in a query for `{S}`",
    label = "expected a field or an expression of `{S}`",
    note = "a value of its own is selected as `value(7_i64)`"
)]
pub trait SelectableOne<S> {
    /// What is read.
    type Type: SqlType;

    /// What rows it is about.
    type Scope;

    /// The untyped tree.
    fn into_selected(self) -> Node;
}

/// A condition as a value is true where `filter` would keep the row, and false elsewhere.
pub(crate) fn selected<T: SqlType>(node: Node) -> Node {
    let condition =
        is_condition(&node.expr) || (node.expr.kind() == Some(ValueKind::Bool) && node.expr.is_nullable());
    if condition && !T::NULLABLE { node.is_true() } else { node }
}

fn is_condition(expr: &AstExpr) -> bool {
    matches!(
        expr,
        AstExpr::And(_)
            | AstExpr::Or(_)
            | AstExpr::Xor(_)
            | AstExpr::Not(_)
            | AstExpr::IsNotTrue(_)
            | AstExpr::Comparison(_)
            | AstExpr::IsNull(_)
            | AstExpr::InList(_)
            | AstExpr::InSubquery(_)
            | AstExpr::Exists(_)
            | AstExpr::Between(_)
            | AstExpr::TextMatch(_)
            | AstExpr::Regex(_)
    )
}

#[diagnostic::do_not_recommend]
impl<S, P, C> SelectableOne<S> for Field<P, C>
where
    P: Path + RootedIn<S>,
    C: Column<Is: Declaration<Model = P::Target>>,
{
    type Type = P::Apply<TypeOf<C>>;
    type Scope = P::Root;

    fn into_selected(self) -> Node {
        self.into_node()
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, R> SelectableOne<S> for One<P, R>
where
    P: Path + RootedIn<S>,
    R: RelationField<From = P::Target>,
{
    type Type = P::Apply<TypeOf<R>>;
    type Scope = P::Root;

    fn into_selected(self) -> Node {
        self.into_node()
    }
}

#[diagnostic::do_not_recommend]
impl<S, X: Within<Windowed<S>>, T: SqlType> SelectableOne<S> for Expr<X, T> {
    type Type = T;
    type Scope = X;

    fn into_selected(self) -> Node {
        selected::<T>(self.node)
    }
}

macro_rules! single {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, $($generics)*> $crate::queryset::Selectable<S> for $type
        where
            $type: $crate::queryset::SelectableOne<S>,
        {
            type Out = <$type as $crate::queryset::SelectableOne<S>>::Type;
            type Scopes = <$type as $crate::queryset::SelectableOne<S>>::Scope;

            fn push_selected(self, nodes: &mut Vec<$crate::ast::Node>) {
                nodes.push($crate::queryset::SelectableOne::<S>::into_selected(self));
            }
        }
    )*};
}
pub(crate) use single;

single! {
    [P, C] Field<P, C>;
    [P, R] One<P, R>;
    [X, T] Expr<X, T>;
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<Scope, $($name: SelectableOne<Scope>),+> Selectable<Scope> for ($($name,)+) {
            type Out = ($($name::Type,)+);
            type Scopes = ($($name::Scope,)+);

            fn push_selected(self, nodes: &mut Vec<Node>) {
                nodes.extend([$(self.$at.into_selected()),+]);
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
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15)
}

impl<M: Model, S: ModelShape<Model = M>> QuerySet<M, S> {
    /// Values instead of rows of the model: one, or a tuple of up to 16.
    ///
    /// Beside aggregates, plain columns are what rows of a group have in common (GROUP BY).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let titles: Vec<(String, i64)> =
    ///     Post::objects().order_by(|p| p.id).values(|p| (p.title, p.views * 2)).all(&db).await?;
    /// assert_eq!(titles[0], ("Hello".to_owned(), 240));
    ///
    /// let views: Vec<(String, i64, Option<i64>)> = Post::objects()
    ///     .values(|p| (p.author.username, p.id.count(), p.views.sum()))
    ///     .order_by(|p| p.author.username)
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(views, [("ann".to_owned(), 2, Some(175)), ("bob".to_owned(), 1, Some(7))]);
    /// # Ok(()) }) }
    /// ```
    pub fn values<V: Selectable<M>>(
        mut self,
        values: impl FnOnce(M::Fields<Root<M>>) -> V,
    ) -> QuerySet<M, Values<M, V::Out>> {
        let mut nodes = Vec::new();
        values(Self::fields()).push_selected(&mut nodes);
        let shape = Values::new(&nodes);
        self.query.values(nodes);
        QuerySet { query: self.query, shape }
    }

    /// Values beside each row: rows become tuples, `(Post, i64)`.
    ///
    /// An aggregate has no value for each row and does not compile; one over a window has.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts: Vec<(Post, String, bool)> = Post::objects()
    ///     .order_by(|p| p.id)
    ///     .annotate(|p| (p.author.username, p.views.gt(100)))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!((posts[0].1.as_str(), posts[0].2), ("ann", true));
    /// # Ok(()) }) }
    /// ```
    pub fn annotate<V: Selectable<M, Scopes: EachRow>>(
        mut self,
        values: impl FnOnce(M::Fields<Root<M>>) -> V,
    ) -> QuerySet<M, Annotated<S, V::Out>>
    where
        V::Out: Beside<S::Out>,
    {
        let mut nodes = Vec::new();
        values(Self::fields()).push_selected(&mut nodes);
        let shape = Annotated::new(self.shape, &nodes);
        self.query.annotate(nodes);
        QuerySet { query: self.query, shape }
    }
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Only groups for which the condition is true.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let busy = Post::objects().values(|p| p.author.username).having(|p| p.id.count().gt(1)).all(&db).await?;
    /// assert_eq!(busy, ["ann"]);
    /// # Ok(()) }) }
    /// ```
    pub fn having<P: IntoPredicate<Grouped<M>>>(
        mut self,
        condition: impl FnOnce(M::Fields<Root<M>>) -> P,
    ) -> Self {
        self.query.having(condition(Self::fields()).into_condition());
        self
    }

    /// Only rows for which the condition on a window is true; all other conditions come first.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// // The post of each author that was read most.
    /// let best = Post::objects()
    ///     .qualify(|p| row_number().partition_by(p.author).order_by(p.views.desc()).eq(1))
    ///     .order_by(|p| p.id)
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(best.iter().map(|post| post.views).collect::<Vec<_>>(), [120, 7]);
    /// # Ok(()) }) }
    /// ```
    pub fn qualify<P: IntoPredicate<Windowed<M>>>(
        mut self,
        condition: impl FnOnce(M::Fields<Root<M>>) -> P,
    ) -> Self {
        self.query.qualify(condition(Self::fields()).into_condition());
        self
    }
}
