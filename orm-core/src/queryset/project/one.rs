//! Fields that are made from a relation to one row: its key, or a projection of the row.

use super::super::expression::Expression;
use super::super::field::One;
use super::{Columns, Lists, Projection, ProjectionOf, ReadInto, Selected, Selects, Size};
use crate::backend::Backend;
use crate::error::Result;
use crate::model::{ForeignKey, Model, Path, RootedIn, ToOne, Via};
use crate::value::{Optional, Required, Row, SqlType};

/// Whether there may be no row at the end of a relation: of all that leads there, one may be missing.
type Null<Q, R> = <There<Q, R> as SqlType>::Null;
type There<Q, R> = <Via<Q, R> as Path>::Apply<bool>;

impl<M, Q, R, T> Selects<M, T> for One<Q, R>
where
    M: Model,
    Q: Path + RootedIn<M>,
    R: ToOne<From = Q::Target>,
    T: FromOne<Q, R, R::To> + MaybeMissing<Null<Q, R>>,
{
    const SIZE: Size = T::SIZE;

    fn select(self, selected: &mut Selected) {
        T::select(selected);
    }

    #[inline]
    fn read<D: Row + ?Sized>(row: &mut D, columns: &mut Columns<'_>) -> Result<T> {
        T::read(row, columns)
    }

    fn lists<'a, B: Backend>(rows: Vec<(usize, &'a mut T)>, lists: &mut Lists<'a, '_, B>) {
        T::lists(rows, lists);
    }

    fn copy(value: &T) -> T {
        value.copy()
    }
}

/// A field's type that fits a relation of which there may be no row (`N` is `Optional`), or always is one.
#[diagnostic::on_unimplemented(
    message = "there may be no such row, so the projection's field must be an `Option`",
    label = "write `Option<{Self}>`",
    note = "a nullable foreign key, a `has_one`, and whatever is reached through one of these may have no row"
)]
pub trait MaybeMissing<N> {}

#[diagnostic::do_not_recommend]
impl<T> MaybeMissing<Required> for T {}
#[diagnostic::do_not_recommend]
impl<T> MaybeMissing<Optional> for Option<T> {}
// What else is wrong with these is said elsewhere.
#[diagnostic::do_not_recommend]
impl<T> MaybeMissing<Optional> for Vec<T> {}
#[diagnostic::do_not_recommend]
impl<T: Model> MaybeMissing<Optional> for ForeignKey<T> {}

/// A field's type that the relation `R`, at the end of the path `Q`, can be read into; it leads to one row of `To`.
#[diagnostic::on_unimplemented(
    message = "the relation leads to one row of `{To}`, the projection's field is a `{Self}`",
    label = "expected a struct with `#[derive(Projection)]` and `#[projection({To})]`",
    note = "the key alone is read into a `ForeignKey<{To}>`; a column of the row by `path = relation.field`"
)]
pub trait FromOne<Q, R, To>: Sized {
    /// What it takes.
    const SIZE: Size;

    /// Selects it.
    fn select(selected: &mut Selected);

    /// Reads it.
    ///
    /// # Errors
    /// A column does not hold what is read.
    fn read<D: Row + ?Sized>(row: &mut D, columns: &mut Columns<'_>) -> Result<Self>;

    /// Asks for its lists.
    fn lists<'a, B: Backend>(rows: Vec<(usize, &'a mut Self)>, lists: &mut Lists<'a, '_, B>);

    /// Copies it.
    #[must_use]
    fn copy(&self) -> Self;
}

macro_rules! keys {
    ($($type:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<Q, R, To, U: Model> FromOne<Q, R, To> for $type
        where
            One<Q, R>: Expression<Type: ReadInto<$type>>,
        {
            const SIZE: Size = Size::COLUMN;

            fn select(selected: &mut Selected) {
                selected.column(One::<Q, R>::NEW.into_node());
            }

            #[inline]
            fn read<D: Row + ?Sized>(row: &mut D, columns: &mut Columns<'_>) -> Result<Self> {
                columns.next::<<One<Q, R> as Expression>::Type, Self, D>(row)
            }

            fn lists<'a, B: Backend>(_: Vec<(usize, &'a mut Self)>, _: &mut Lists<'a, '_, B>) {}

            fn copy(&self) -> Self {
                <<One<Q, R> as Expression>::Type as ReadInto<Self>>::copy(self)
            }
        }
    )*};
}

keys! {
    ForeignKey<U>;
    Option<ForeignKey<U>>;
}

#[diagnostic::do_not_recommend]
impl<Q, R, To, P> FromOne<Q, R, To> for P
where
    Q: Path,
    R: ToOne<From = Q::Target, To = To>,
    P: Projection + ProjectionOf<To>,
{
    const SIZE: Size = P::SIZE;

    fn select(selected: &mut Selected) {
        selected.related::<P>(Via::<Q, R>::NODE, false);
    }

    #[inline]
    fn read<D: Row + ?Sized>(row: &mut D, columns: &mut Columns<'_>) -> Result<Self> {
        P::read(row, columns)
    }

    fn lists<'a, B: Backend>(rows: Vec<(usize, &'a mut Self)>, lists: &mut Lists<'a, '_, B>) {
        P::lists(rows, lists);
    }

    fn copy(&self) -> Self {
        Projection::copy(self)
    }
}

#[diagnostic::do_not_recommend]
impl<Q, R, To, P> FromOne<Q, R, To> for Option<P>
where
    Q: Path,
    R: ToOne<From = Q::Target, To = To>,
    P: Projection + ProjectionOf<To>,
{
    const SIZE: Size = if There::<Q, R>::NULLABLE { Size::COLUMN.plus(P::SIZE) } else { P::SIZE };

    fn select(selected: &mut Selected) {
        selected.related::<P>(Via::<Q, R>::NODE, There::<Q, R>::NULLABLE);
    }

    #[inline]
    fn read<D: Row + ?Sized>(row: &mut D, columns: &mut Columns<'_>) -> Result<Self> {
        if There::<Q, R>::NULLABLE { columns.maybe(row) } else { P::read(row, columns).map(Some) }
    }

    fn lists<'a, B: Backend>(rows: Vec<(usize, &'a mut Self)>, lists: &mut Lists<'a, '_, B>) {
        let there = rows.into_iter().filter_map(|(number, row)| Some((number, row.as_mut()?))).collect();
        P::lists(there, lists);
    }

    fn copy(&self) -> Self {
        self.as_ref().map(Projection::copy)
    }
}
