//! Values made from the rows at the end of a relation to many: a subquery for each, so that several of them do not
//! multiply each other.

use super::super::aggregates::{Aggregates, Averageable, Ordered, Summable};
use super::super::expression::{Base, Expr, Expression, result_of};
use super::super::field::Many;
use super::super::shape::Shape;
use super::super::summary::SummaryOne;
use super::super::{Query, count_rows};
use super::conditions::of_each_row;
use super::{FieldsOf, Related};
use crate::ast::Node;
use crate::model::{Fields, Path, Relation, ToMany};
use crate::value::SqlType;

fn value<P: Path, R: Relation, T: SqlType>(mut query: Query, node: Node) -> Expr<P::Root, T> {
    let grouped = query.select.is_grouped();
    if grouped || query.select.is_sliced() || query.select.clauses.is_some() {
        query.fail(crate::Error::InvalidQuery(
            "a value can be made from related rows that are filtered, but not from those that are grouped, limited, distinct on fields or chosen by windows"
                .into(),
        ));
    }
    query.aggregate(vec![node]);
    of_each_row::<P, R>(&mut query);
    Expr::new(query.embedded(|select, depth| Node::subquery(select, depth, result_of::<T>())))
}

macro_rules! values {
    ($($(#[$doc:meta])* fn $name:ident($bound:ident) -> $result:ty;)*) => {
        impl<P: Path, R: ToMany<From = P::Target>> Many<P, R> {$(
            $(#[$doc])*
            pub fn $name<E>(self, value: impl FnOnce(FieldsOf<R>) -> E) -> Expr<P::Root, $result>
            where
                E: Expression<Scope = R::To>,
                Base<E>: $bound,
            {
                Related::<P, R>::from(self).$name(value)
            }
        )*}

        impl<P: Path, R: ToMany<From = P::Target>, S: Shape<Model = R::To>> Related<P, R, S> {$(
            $(#[$doc])*
            pub fn $name<E>(self, value: impl FnOnce(FieldsOf<R>) -> E) -> Expr<P::Root, $result>
            where
                E: Expression<Scope = R::To>,
                Base<E>: $bound,
            {
                let aggregate = Aggregates::$name(value(<FieldsOf<R> as Fields>::NEW));
                self::value::<P, R, $result>(self.into_query().0, aggregate.into_node())
            }
        )*}
    };
}

values! {
    /// The sum over the related rows; NULL when there are none.
    fn sum(Summable) -> Option<<Base<E> as Summable>::Sum>;
    /// The mean over the related rows; NULL when there are none.
    fn avg(Averageable) -> Option<<Base<E> as Averageable>::Mean>;
    /// The least value of the related rows; NULL when there are none.
    fn min(Ordered) -> Option<Base<E>>;
    /// The greatest value of the related rows; NULL when there are none.
    fn max(Ordered) -> Option<Base<E>>;
}

impl<P: Path, R: ToMany<From = P::Target>> Many<P, R> {
    /// The number of related rows.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let rows: Vec<(Post, i64)> = Post::objects().annotate(|p| p.comments.count()).order_by(|p| p.id).all(&db).await?;
    /// assert_eq!(rows.iter().map(|row| row.1).collect::<Vec<_>>(), [2, 1, 0]);
    /// # Ok(()) }) }
    /// ```
    pub fn count(self) -> Expr<P::Root, i64> {
        Related::<P, R>::from(self).count()
    }

    /// A value computed from the related rows by any aggregate.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let texts = Post::objects().values(|p| p.comments.aggregate(|c| c.text.count().distinct()));
    /// assert_eq!(texts.order_by(|p| p.id).first(&db).await?, Some(2));
    /// # Ok(()) }) }
    /// ```
    pub fn aggregate<V: SummaryOne<R::To>>(
        self,
        value: impl FnOnce(FieldsOf<R>) -> V,
    ) -> Expr<P::Root, V::Type> {
        Related::<P, R>::from(self).aggregate(value)
    }
}

impl<P: Path, R: ToMany<From = P::Target>, S: Shape<Model = R::To>> Related<P, R, S> {
    /// The number of these rows.
    pub fn count(self) -> Expr<P::Root, i64> {
        value::<P, R, i64>(self.into_query().0, count_rows().into_node())
    }

    /// A value computed from these rows by any aggregate.
    pub fn aggregate<V: SummaryOne<R::To>>(
        self,
        value: impl FnOnce(FieldsOf<R>) -> V,
    ) -> Expr<P::Root, V::Type> {
        let node = value(<FieldsOf<R> as Fields>::NEW).into_selected();
        self::value::<P, R, V::Type>(self.into_query().0, node)
    }
}
