//! What a row of a queryset is: the model, or something that the query loads beside or instead of it.

use std::marker::PhantomData;
use std::sync::Arc;

use super::load::{Kept, Prefetches};
use crate::ast::Node;
use crate::backend::{Backend, Decode};
use crate::error::{FieldError, Result, ValueError};
use crate::model::Model;
use crate::schema::FieldMeta;
use crate::value::{FromColumns, Row, SqlType};

/// The shape of a queryset's rows.
pub trait Shape: Decode + Clone + Sync {
    /// The model that is queried.
    type Model: Model;

    /// How many columns it reads.
    fn width(&self) -> usize;

    /// Reads the columns from `at` on.
    ///
    /// # Errors
    /// A column does not hold what is read.
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<Self::Out>;

    /// Whether rows are complete only after further queries.
    const INCOMPLETE: bool = false;

    /// Whether completing them takes more of them than what they become.
    const KEEPS: bool = false;

    /// What it has kept of the rows read since the last call.
    fn kept(&self) -> Kept {
        Kept::default()
    }

    /// The queries that complete rows, with what was kept of them.
    fn prefetches<'a, B: Backend>(
        &'a self,
        _rows: Vec<&'a mut Self::Out>,
        _kept: Kept,
        _into: &mut Prefetches<'a, B>,
    ) {
    }
}

/// A shape whose rows can be put in several places: that of a query whose rows belong to several others at once.
#[diagnostic::on_unimplemented(
    message = "rows of this shape cannot be loaded with other rows",
    label = "the same row may belong to several others",
    note = "add `#[derive(Clone)]` to what is loaded"
)]
pub trait RepeatableShape: Shape {
    /// A further row of the same content.
    fn repeat(row: &Self::Out) -> Self::Out;
}

macro_rules! repeatable {
    ($([$($generics:tt)*] $shape:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $crate::queryset::shape::RepeatableShape for $shape
        where
            $shape: $crate::queryset::Shape<Out: Clone>,
        {
            fn repeat(row: &Self::Out) -> Self::Out {
                row.clone()
            }
        }
    )*};
}
pub(super) use repeatable;

repeatable! {
    [M] Whole<M>;
    [M, T] Values<M, T>;
    [S, T] Annotated<S, T>;
}

/// A shape that begins with the model's own columns, so that more can be loaded behind them.
pub trait ModelShape: Shape {}

/// The model itself.
pub struct Whole<M>(PhantomData<fn() -> M>);

impl<M> Whole<M> {
    pub(crate) const NEW: Self = Whole(PhantomData);
}

impl<M> Clone for Whole<M> {
    fn clone(&self) -> Self {
        Whole(PhantomData)
    }
}

impl<M: Model> Decode for Whole<M> {
    type Out = M;

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<M> {
        M::from_row(row, 0)
    }
}

impl<M: Model> Shape for Whole<M> {
    type Model = M;

    fn width(&self) -> usize {
        M::META.fields.len()
    }

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<M> {
        M::from_row(row, at)
    }
}

impl<M: Model> ModelShape for Whole<M> {}

/// The fields that selected values are, so that errors can name them.
#[derive(Clone)]
pub(crate) struct Names(Arc<[Option<&'static FieldMeta>]>);

impl Names {
    pub(crate) fn of(nodes: &[Node]) -> Self {
        Names(nodes.iter().map(|node| node.expr.field_meta()).collect())
    }

    #[cold]
    pub(super) fn misread(&self, (at, error): (usize, ValueError)) -> crate::Error {
        match self.0.get(at).copied().flatten() {
            Some(field) => FieldError::new(field.model, field.name, error).into(),
            None => error.into(),
        }
    }
}

/// Values instead of the model: one, or a tuple.
pub struct Values<M, T> {
    names: Names,
    marker: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Values<M, T> {
    pub(crate) fn new(nodes: &[Node]) -> Self {
        Values { names: Names::of(nodes), marker: PhantomData }
    }
}

impl<M, T> Clone for Values<M, T> {
    fn clone(&self) -> Self {
        Values { names: self.names.clone(), marker: PhantomData }
    }
}

impl<M: Model, T: FromColumns> Decode for Values<M, T> {
    type Out = T;

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<T> {
        self.read(row, 0)
    }
}

impl<M: Model, T: FromColumns> Shape for Values<M, T> {
    type Model = M;

    fn width(&self) -> usize {
        T::WIDTH
    }

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<T> {
        T::from_columns(row, at).map_err(|error| self.names.misread(error))
    }
}

/// Values beside what another shape reads: `(User, i64)`.
pub struct Annotated<S, T> {
    shape: S,
    names: Names,
    marker: PhantomData<fn() -> T>,
}

impl<S, T> Annotated<S, T> {
    pub(crate) fn new(shape: S, nodes: &[Node]) -> Self {
        Annotated { shape, names: Names::of(nodes), marker: PhantomData }
    }
}

impl<S: Clone, T> Clone for Annotated<S, T> {
    fn clone(&self) -> Self {
        Annotated { shape: self.shape.clone(), names: self.names.clone(), marker: PhantomData }
    }
}

impl<S: ModelShape, T: Beside<S::Out>> Decode for Annotated<S, T> {
    type Out = T::Row;

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<T::Row> {
        self.read(row, 0)
    }
}

impl<S: ModelShape, T: Beside<S::Out>> Shape for Annotated<S, T> {
    type Model = S::Model;
    const INCOMPLETE: bool = S::INCOMPLETE;

    fn width(&self) -> usize {
        self.shape.width() + T::WIDTH
    }

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<T::Row> {
        let first = self.shape.read(row, at)?;
        let values =
            T::from_columns(row, at + self.shape.width()).map_err(|error| self.names.misread(error))?;
        Ok(values.beside(first))
    }

    fn prefetches<'a, B: Backend>(
        &'a self,
        rows: Vec<&'a mut Self::Out>,
        _kept: Kept,
        into: &mut Prefetches<'a, B>,
    ) {
        self.shape.prefetches(rows.into_iter().map(T::first).collect(), Kept::default(), into);
    }
}

/// Values that stand behind another in a flat tuple.
#[diagnostic::on_unimplemented(
    message = "at most 8 values can stand beside a row",
    label = "a tuple of more than 8",
    note = "for more write `.values(|row| (…))`, which takes 16, or a struct with `#[derive(Projection)]`"
)]
pub trait Beside<F>: FromColumns {
    /// The tuple.
    type Row: Send + 'static;

    /// Puts `first` in front.
    fn beside(self, first: F) -> Self::Row;

    /// What stands in front.
    fn first(row: &mut Self::Row) -> &mut F;
}

impl<F: Send + 'static, T: SqlType> Beside<F> for T {
    type Row = (F, T);

    #[inline]
    fn beside(self, first: F) -> (F, T) {
        (first, self)
    }

    fn first(row: &mut (F, T)) -> &mut F {
        &mut row.0
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
        impl<First: Send + 'static, $($name: SqlType),+> Beside<First> for ($($name,)+) {
            type Row = (First, $($name,)+);

            #[inline]
            fn beside(self, first: First) -> Self::Row {
                (first, $(self.$at,)+)
            }

            fn first(row: &mut Self::Row) -> &mut First {
                &mut row.0
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
}
