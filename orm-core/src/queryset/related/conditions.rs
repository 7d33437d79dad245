//! Conditions on rows at the end of a relation to many: always about some or all of them, so that no row is doubled.

use super::super::Query;
use super::super::expression::{Expr, IntoPredicate, Predicate};
use super::super::field::Many;
use super::super::shape::Shape;
use super::{FieldsOf, Related};
use crate::ast::{CompareOp, Expr as Tree, FieldRef, Node, Outer, Selection};
use crate::error::{Error, Result};
use crate::model::{Key, Model, Path, Relation, ToMany};

/// The related rows of each row of the query around: adds the condition, and refuses what cannot be asked of them there.
pub(super) fn of_each_row<P: Path, R: Relation>(query: &mut Query) {
    if query.select.is_sliced() || query.select.clauses.as_ref().is_some_and(|clauses| !clauses.one_group) {
        query.fail(Error::InvalidQuery(
            "related rows that are limited, distinct on fields or chosen by windows can be loaded, but not asked about in a condition or value"
                .into(),
        ));
        return;
    }
    let columns = query.reach(R::META);
    // Of a relation by a table between, the key is what that table's rows point at.
    let own = R::META.own_fields();
    for (column, field) in columns.into_iter().zip(own) {
        let outer = Tree::Outer(Outer {
            levels: 1,
            beside: P::BESIDE.is_some(),
            model: <P::Root as Model>::META,
            field: FieldRef { path: P::NODE, field },
        });
        query.select.filter.push(column.compare(CompareOp::Eq, Node::leaf(outer)).expr);
    }
}

fn exists<P: Path, R: Relation>(mut query: Query) -> Node {
    of_each_row::<P, R>(&mut query);
    query.embedded(|mut select, depth| {
        if !select.is_grouped() {
            select.selection = Selection::One;
            select.distinct = false;
        }
        Node::exists(select, depth)
    })
}

impl<P: Path, R: ToMany<From = P::Target>> Many<P, R> {
    /// Whether one of the related rows fulfils the condition.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let read = User::objects().filter(|u| u.posts.any(|p| p.views.gt(100)));
    /// assert_eq!(read.get(&db).await?.username, "ann");
    /// # Ok(()) }) }
    /// ```
    pub fn any<C: IntoPredicate<R::To>>(
        self,
        condition: impl FnOnce(FieldsOf<R>) -> C,
    ) -> Predicate<P::Root> {
        self.filter(condition).exists()
    }

    /// Whether all of the related rows fulfil the condition, as they do when there are none. A row for which NULL makes the
    /// condition neither true nor false does not.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let liked = Post::objects().filter(|p| p.comments.exists() & p.comments.all(|c| c.likes.gt(0)));
    /// assert_eq!(liked.get(&db).await?.title, "Hello");
    /// # Ok(()) }) }
    /// ```
    pub fn all<C: IntoPredicate<R::To>>(
        self,
        condition: impl FnOnce(FieldsOf<R>) -> C,
    ) -> Predicate<P::Root> {
        // Not `exclude`, for which no condition leaves nothing out: all rows meet no condition.
        let unmet = |rows| Predicate::<R::To>::new(condition(rows).into_condition().is_not_true());
        self.filter(unmet).is_empty()
    }

    /// Whether none of the related rows fulfils the condition.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let calm = Post::objects().filter(|p| p.comments.none(|c| c.text.contains("!")));
    /// assert_eq!(calm.count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn none<C: IntoPredicate<R::To>>(
        self,
        condition: impl FnOnce(FieldsOf<R>) -> C,
    ) -> Predicate<P::Root> {
        self.filter(condition).is_empty()
    }

    /// Whether there is a related row.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// assert_eq!(Post::objects().filter(|p| p.comments.exists()).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn exists(self) -> Predicate<P::Root> {
        Related::<P, R>::from(self).exists()
    }

    /// Whether there is no related row.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// assert_eq!(Post::objects().filter(|p| p.comments.is_empty()).get(&db).await?.title, "Spoons");
    /// # Ok(()) }) }
    /// ```
    pub fn is_empty(self) -> Predicate<P::Root> {
        Related::<P, R>::from(self).is_empty()
    }

    /// Whether this row is one of the related rows.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let news = Tag::objects().filter(|t| t.name.eq("news")).get(&db).await?;
    /// assert_eq!(Post::objects().filter(|p| p.tags.contains(&news)).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn contains(self, row: &R::To) -> Predicate<P::Root> {
        Related::<P, R>::from(self).contains(row)
    }

    /// Whether one of these rows is one of the related rows.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tags = Tag::objects().all(&db).await?;
    /// assert_eq!(Post::objects().filter(|p| p.tags.contains_any(&tags)).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn contains_any<'r>(self, rows: impl IntoIterator<Item = &'r R::To>) -> Predicate<P::Root> {
        Related::<P, R>::from(self).contains_any(rows)
    }
}

impl<P: Path, R: ToMany<From = P::Target>, S: Shape<Model = R::To>> Related<P, R, S> {
    /// Whether there is such a row.
    pub fn exists(self) -> Predicate<P::Root> {
        Expr::new(exists::<P, R>(self.into_query().0))
    }

    /// Whether there is no such row.
    pub fn is_empty(self) -> Predicate<P::Root> {
        Expr::new(exists::<P, R>(self.into_query().0).negate())
    }

    /// Whether this row is one of them.
    pub fn contains(self, row: &R::To) -> Predicate<P::Root> {
        let mut query = self.into_query().0;
        query.with_key(row.key().to_values());
        Expr::new(exists::<P, R>(query))
    }

    /// Whether one of these rows is one of them.
    pub fn contains_any<'r>(self, rows: impl IntoIterator<Item = &'r R::To>) -> Predicate<P::Root> {
        let mut query = self.into_query().0;
        let keys = rows.into_iter().map(|row| Ok(row.key().to_values()?)).collect::<Result<Vec<_>>>();
        let columns: Vec<Node> =
            <R::To as Model>::META.key_fields().map(super::super::expression::own_field).collect();
        match keys {
            Ok(keys) => query.with_keys(&columns, keys),
            Err(error) => query.fail(error),
        }
        Expr::new(exists::<P, R>(query))
    }
}
