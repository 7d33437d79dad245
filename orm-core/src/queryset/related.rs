//! Rows at the end of a relation to many: which of them, in what order, and what is read of them.

mod conditions;
mod values;

use std::marker::PhantomData;

use super::expression::IntoPredicate;
use super::field::Many;
use super::load::{JoinedList, LoadShape, Loading, Named, PrefetchedList};
use super::order::IntoOrder;
use super::project::{Projected, ProjectionOf};
use super::scope::EachRow;
use super::selection::Selectable;
use super::shape::{Annotated, Beside, ModelShape, Shape, Values, Whole};
use super::{Query, QuerySet};
use crate::model::{Model, Path, Relation, RelationName, Root, ToMany};

/// Rows at the end of the relation `R`, of shape `S`: a queryset that a relation leads to. Made by the methods of
/// [`Many`], for `prefetch_related` to load or to ask about.
#[must_use = "it does nothing until a queryset uses it"]
pub struct Related<P, R: Relation, S: Shape<Model = R::To> = Whole<<R as Relation>::To>> {
    rows: QuerySet<R::To, S>,
    path: PhantomData<fn() -> (P, R)>,
}

impl<P, R: Relation> From<Many<P, R>> for Related<P, R> {
    fn from(_: Many<P, R>) -> Self {
        Related { rows: QuerySet::new(), path: PhantomData }
    }
}

impl<P, R: Relation, S: Shape<Model = R::To> + Clone> Clone for Related<P, R, S> {
    fn clone(&self) -> Self {
        Related { rows: self.rows.clone(), path: PhantomData }
    }
}

type To<R> = <R as Relation>::To;
type FieldsOf<R> = <To<R> as Model>::Fields<Root<To<R>>>;

impl<P, R: Relation, S: Shape<Model = R::To>> Related<P, R, S> {
    pub(crate) fn into_queryset(self) -> QuerySet<R::To, S> {
        self.rows
    }

    pub(crate) fn into_query(self) -> (Query, S) {
        (self.rows.query, self.rows.shape)
    }

    /// With what `refine` makes of the queryset: any of its methods.
    pub fn query<T: Shape<Model = R::To>>(
        self,
        refine: impl FnOnce(QuerySet<R::To, S>) -> QuerySet<R::To, T>,
    ) -> Related<P, R, T> {
        Related { rows: refine(self.rows), path: PhantomData }
    }

    /// Under a name of your own, made by [`relation_name!`](crate::relation_name): so that one relation can be loaded
    /// several times. A row has it as `row.loaded(name)`.
    pub fn named<N: RelationName>(self, _name: N) -> Named<Self, N> {
        Named::new(self)
    }
}

macro_rules! refine {
    ($($(#[$doc:meta])* fn $name:ident[$($generics:tt)*]($($arg:ident: $type:ty),*) -> [$($out:tt)*] $(where [$($bound:tt)*])?;)*) => {
        impl<P: Path, R: ToMany<From = P::Target>> Many<P, R> {$(
            $(#[$doc])*
            pub fn $name<$($generics)*>(self, $($arg: $type),*) -> refine!(@out Whole<R::To>; P R; $($out)*)
            $(where Whole<R::To>: $($bound)*)?
            {
                Related::<P, R>::from(self).$name($($arg),*)
            }
        )*}

        impl<P: Path, R: ToMany<From = P::Target>, S: Shape<Model = R::To>> Related<P, R, S> {$(
            $(#[$doc])*
            pub fn $name<$($generics)*>(self, $($arg: $type),*) -> refine!(@out S; P R; $($out)*)
            $(where S: $($bound)*)?
            {
                self.query(|rows| rows.$name($($arg),*))
            }
        )*}
    };
    (@out $shape:ty; $path:ident $relation:ident; Same) => { Related<$path, $relation, $shape> };
    (@out $shape:ty; $path:ident $relation:ident; Values $out:ty) => {
        Related<$path, $relation, Values<$relation::To, $out>>
    };
    (@out $shape:ty; $path:ident $relation:ident; Projected $out:ty) => {
        Related<$path, $relation, Projected<$relation::To, $out>>
    };
    (@out $shape:ty; $path:ident $relation:ident; Loading $list:ident) => {
        Related<
            $path,
            $relation,
            Loading<<$shape as LoadShape>::Base, $list::Plan<<$shape as LoadShape>::Loads>>,
        >
    };
}

refine! {
    /// Only rows for which the condition is true.
    fn filter[C: IntoPredicate<R::To>](condition: impl FnOnce(FieldsOf<R>) -> C) -> [Same];
    /// Only rows for which the condition is not true.
    fn exclude[C: IntoPredicate<R::To>](condition: impl FnOnce(FieldsOf<R>) -> C) -> [Same];
    /// In this order instead of the model's own.
    fn order_by[O: IntoOrder<R::To>](order: impl FnOnce(FieldsOf<R>) -> O) -> [Same];
    /// Most rows; when they are loaded, for each row that they are related to.
    fn limit[](rows: u64) -> [Same];
    /// Without so many at the start; when they are loaded, for each row that they are related to.
    fn offset[](rows: u64) -> [Same];
    /// Values instead of the rows.
    fn values[V: Selectable<R::To>](values: impl FnOnce(FieldsOf<R>) -> V)
        -> [Values V::Out] where [ModelShape<Model = R::To>];
    /// Rows as a struct of your own.
    fn project[T: ProjectionOf<R::To>]() -> [Projected T] where [ModelShape<Model = R::To>];
    /// With relations of their own joined.
    fn select_related[X: JoinedList<Root<R::To>>](relations: impl FnOnce(FieldsOf<R>) -> X)
        -> [Loading X] where [LoadShape<Model = R::To>];
    /// With relations of their own read by further queries.
    fn prefetch_related[X: PrefetchedList<Root<R::To>>](relations: impl FnOnce(FieldsOf<R>) -> X)
        -> [Loading X] where [LoadShape<Model = R::To>];
}

impl<P: Path, R: ToMany<From = P::Target>, S: ModelShape<Model = R::To>> Related<P, R, S> {
    /// With values beside each row.
    pub fn annotate<V: Selectable<R::To, Out: Beside<S::Out>, Scopes: EachRow>>(
        self,
        values: impl FnOnce(FieldsOf<R>) -> V,
    ) -> Related<P, R, Annotated<S, V::Out>> {
        self.query(|rows| rows.annotate(values))
    }
}

impl<P: Path, R: ToMany<From = P::Target>> Many<P, R> {
    /// With values beside each row.
    pub fn annotate<V: Selectable<R::To, Out: Beside<R::To>, Scopes: EachRow>>(
        self,
        values: impl FnOnce(FieldsOf<R>) -> V,
    ) -> Related<P, R, Annotated<Whole<R::To>, V::Out>> {
        Related::<P, R>::from(self).annotate(values)
    }
}

impl<P, R: Relation> Many<P, R> {
    /// With what `refine` makes of the queryset of all related rows: any of its methods.
    pub fn query<T: Shape<Model = R::To>>(
        self,
        refine: impl FnOnce(QuerySet<R::To>) -> QuerySet<R::To, T>,
    ) -> Related<P, R, T> {
        Related::<P, R>::from(self).query(refine)
    }

    /// Under a name of your own, made by [`relation_name!`](crate::relation_name). A row has it as `row.loaded(name)`.
    pub fn named<N: RelationName>(self, name: N) -> Named<Related<P, R>, N> {
        Related::<P, R>::from(self).named(name)
    }
}
