//! Fields that are made from a relation to many rows: a list, read by a further query.

use super::super::QuerySet;
use super::super::field::Many;
use super::super::related::Related;
use super::super::shape::{RepeatableShape, Shape, Values, Whole};
use super::{Columns, Lists, Projected, ProjectionOf, Selected, Selects, Size};
use crate::backend::Backend;
use crate::error::Result;
use crate::model::{Model, Path, Relation, RootedIn, ToMany};
use crate::value::{FromColumns, Row};

impl<M, P, R, T> Selects<M, T> for Many<P, R>
where
    M: Model,
    P: Path + RootedIn<M>,
    R: ToMany<From = P::Target>,
    T: FromMany<Whole<R::To>, R::To>,
{
    const SIZE: Size = size::<R>();

    fn select(self, selected: &mut Selected) {
        Selects::<M, T>::select(Related::<P, R>::from(self), selected);
    }

    fn read<D: Row + ?Sized>(row: &mut D, columns: &mut Columns<'_>) -> Result<T> {
        <Related<P, R> as Selects<M, T>>::read(row, columns)
    }

    fn lists<'a, B: Backend>(rows: Vec<(usize, &'a mut T)>, lists: &mut Lists<'a, '_, B>) {
        <Related<P, R> as Selects<M, T>>::lists(rows, lists);
    }

    fn copy(value: &T) -> T {
        value.copy()
    }
}

impl<M, P, R, S, T> Selects<M, T> for Related<P, R, S>
where
    M: Model,
    P: Path + RootedIn<M>,
    R: ToMany<From = P::Target>,
    S: Shape<Model = R::To>,
    T: FromMany<S, R::To>,
{
    const SIZE: Size = size::<R>();

    fn select(self, selected: &mut Selected) {
        let rows = T::refine(self.into_queryset());
        selected.list::<R, T::Shape>(P::NODE, R::META.own_fields(), (rows.query, rows.shape));
    }

    fn read<D: Row + ?Sized>(row: &mut D, columns: &mut Columns<'_>) -> Result<T> {
        columns.keep::<R::Key, D>(row)?;
        Ok(T::from(Vec::new()))
    }

    fn lists<'a, B: Backend>(rows: Vec<(usize, &'a mut T)>, lists: &mut Lists<'a, '_, B>) {
        lists.list::<R, T::Shape>(rows.into_iter().map(|(number, list)| (number, list.rows())));
    }

    fn copy(value: &T) -> T {
        value.copy()
    }
}

const fn size<R: Relation>() -> Size {
    Size { columns: <R::Key as FromColumns>::WIDTH, lists: 1 }
}

/// A field's type that a list of rows of `M`, which have the shape `S`, can be read into.
#[diagnostic::on_unimplemented(
    message = "the relation leads to many rows of `{M}`, the projection's field is a `{Self}`",
    label = "expected a `Vec` of a struct with `#[derive(Projection)]` and `#[projection({M})]`"
)]
pub trait FromMany<S, M: Model>: From<Vec<<Self::Shape as crate::backend::Decode>::Out>> {
    /// The shape that its rows have.
    type Shape: RepeatableShape<Model = M>;

    /// Makes rows of that shape.
    fn refine(rows: QuerySet<M, S>) -> QuerySet<M, Self::Shape>
    where
        S: Shape<Model = M>;

    /// The list.
    fn rows(&mut self) -> &mut Vec<<Self::Shape as crate::backend::Decode>::Out>;

    /// Copies it.
    #[must_use]
    fn copy(&self) -> Self;
}

impl<M: Model, S: ListShape<T, Model = M>, T: 'static> FromMany<S, M> for Vec<T> {
    type Shape = S::List;

    fn refine(rows: QuerySet<M, S>) -> QuerySet<M, S::List> {
        S::list(rows)
    }

    fn rows(&mut self) -> &mut Vec<T> {
        self
    }

    fn copy(&self) -> Self {
        self.iter().map(S::List::repeat).collect()
    }
}

/// Rows of this shape can be the list of a `Vec<T>`.
#[diagnostic::on_unimplemented(
    message = "a list of `{T}` cannot be made from rows of this shape",
    label = "expected the type of the values that were asked for"
)]
pub trait ListShape<T>: Shape {
    /// The shape that they are read in.
    type List: RepeatableShape<Model = Self::Model, Out = T>;

    /// Makes rows of that shape.
    fn list(rows: QuerySet<Self::Model, Self>) -> QuerySet<Self::Model, Self::List>;
}

impl<M: Model, T: ProjectionOf<M>> ListShape<T> for Whole<M> {
    type List = Projected<M, T>;

    fn list(rows: QuerySet<M, Self>) -> QuerySet<M, Self::List> {
        rows.project()
    }
}

impl<M: Model, T: ProjectionOf<M>> ListShape<T> for Projected<M, T> {
    type List = Self;

    fn list(rows: QuerySet<M, Self>) -> QuerySet<M, Self> {
        rows
    }
}

impl<M: Model, T: FromColumns + Clone> ListShape<T> for Values<M, T> {
    type List = Self;

    fn list(rows: QuerySet<M, Self>) -> QuerySet<M, Self> {
        rows
    }
}
