//! What a field of a projection is made from, as a type.

use std::marker::PhantomData;

use super::{Columns, Lists, Selected};
use crate::backend::Backend;
use crate::error::Result;
use crate::model::{Fields, Model, Root};
use crate::value::Row;

/// How many columns are read, and how many lists by further queries.
#[derive(Clone, Copy)]
pub struct Size {
    pub(crate) columns: usize,
    pub(crate) lists: usize,
}

impl Size {
    /// Nothing.
    pub const ZERO: Size = Size { columns: 0, lists: 0 };
    /// One column.
    pub(crate) const COLUMN: Size = Size { columns: 1, lists: 0 };

    /// With what a field takes.
    #[must_use]
    pub const fn and<M, T, P: FieldPart<M, T>>(self, _: &P) -> Size {
        self.plus(<P::From as Selects<M, T>>::SIZE)
    }

    pub(super) const fn plus(self, other: Size) -> Size {
        Size { columns: self.columns + other.columns, lists: self.lists + other.lists }
    }
}

/// Something that a projection's field of type `T` can be made from, in a projection of `M`: a column, an expression, or a
/// relation.
#[diagnostic::on_unimplemented(
    message = "a projection's field cannot be read from `{Self}`",
    label = "expected a field, an expression or a relation of `{M}`"
)]
pub trait Selects<M, T> {
    /// What it takes.
    const SIZE: Size;

    /// Selects it.
    fn select(self, selected: &mut Selected);

    /// Reads it.
    ///
    /// # Errors
    /// A column does not hold what is read.
    fn read<R: Row + ?Sized>(row: &mut R, columns: &mut Columns<'_>) -> Result<T>;

    /// Asks for its lists.
    fn lists<'a, B: Backend>(rows: Vec<(usize, &'a mut T)>, lists: &mut Lists<'a, '_, B>);

    /// Copies it.
    fn copy(value: &T) -> T;
}

/// A field of a projection, with what it is made from.
pub trait FieldPart<M, T>: Copy {
    /// What it is made from.
    type From: Selects<M, T>;

    /// Makes that.
    fn make(self) -> Self::From;
}

struct Made<M, T, F>(F, PhantomData<fn(M) -> T>);

impl<M, T, F: Clone> Clone for Made<M, T, F> {
    fn clone(&self) -> Self {
        Made(self.0.clone(), PhantomData)
    }
}

impl<M, T, F: Copy> Copy for Made<M, T, F> {}

impl<M: Model, T, F: Fn(M::Fields<Root<M>>) -> E + Copy, E: Selects<M, T>> FieldPart<M, T> for Made<M, T, F> {
    type From = E;

    fn make(self) -> E {
        self.0(<M::Fields<Root<M>> as Fields>::NEW)
    }
}

/// A field of type `T`, made from what a function makes of the model's fields; called by derived code.
#[doc(hidden)]
pub const fn part<M, T, F, E>(from: F) -> impl FieldPart<M, T>
where
    M: Model,
    F: Fn(M::Fields<Root<M>>) -> E + Copy,
    E: Selects<M, T>,
{
    Made::<M, T, F>(from, PhantomData)
}

/// A copy of a field; called by derived code.
#[doc(hidden)]
pub fn copy<M, T, P: FieldPart<M, T>>(_: P, field: &T) -> T {
    <P::From as Selects<M, T>>::copy(field)
}

/// Takes note of a field that has lists; called by derived code.
#[doc(hidden)]
pub fn gather<'a, M, T, P: FieldPart<M, T>>(
    _: P,
    number: usize,
    field: &'a mut T,
    rows: &mut Vec<(usize, &'a mut T)>,
) {
    if <P::From as Selects<M, T>>::SIZE.lists > 0 {
        rows.push((number, field));
    }
}

/// Says of types that a field is read from the column that they are.
macro_rules! column_part {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<Model, Value, $($generics)*> $crate::queryset::project::Selects<Model, Value> for $type
        where
            $type: $crate::queryset::SelectableOne<Model, Type: $crate::queryset::ReadInto<Value>>,
        {
            const SIZE: $crate::queryset::project::Size = $crate::queryset::project::Size::COLUMN;

            fn select(self, selected: &mut $crate::queryset::Selected) {
                selected.column($crate::queryset::SelectableOne::<Model>::into_selected(self));
            }

            #[inline]
            fn read<Row: $crate::value::Row + ?Sized>(
                row: &mut Row,
                columns: &mut $crate::queryset::Columns<'_>,
            ) -> $crate::Result<Value> {
                columns.next::<<$type as $crate::queryset::SelectableOne<Model>>::Type, Value, Row>(row)
            }

            fn lists<'a, Backend: $crate::backend::Backend>(
                _: Vec<(usize, &'a mut Value)>,
                _: &mut $crate::queryset::project::Lists<'a, '_, Backend>,
            ) {
            }

            fn copy(value: &Value) -> Value {
                <<$type as $crate::queryset::SelectableOne<Model>>::Type
                    as $crate::queryset::ReadInto<Value>>::copy(value)
            }
        }
    )*};
}
pub(crate) use column_part;
