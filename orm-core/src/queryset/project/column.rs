//! Fields that are read from a column or an expression.

use super::super::expression::Expr;
use super::super::field::Field;
use super::part::column_part;
use crate::error::ValueError;
use crate::value::{FieldType, Row, SqlType};

/// A column of this type can be read into a field of type `T`: the same, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "the column is a `{Self}`, the projection's field is a `{T}`",
    label = "expected `{Self}`",
    note = "a field has the type of its column, or is an `Option` of it; one that may be NULL is an `Option`"
)]
pub trait ReadInto<T> {
    /// Reads it.
    ///
    /// # Errors
    /// The column does not hold a `T`.
    fn read<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<T, ValueError>;

    /// Copies it.
    fn copy(value: &T) -> T;
}

macro_rules! read_into {
    ($($from:ty => $to:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: FieldType> ReadInto<$to> for $from {
            #[inline]
            fn read<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<$to, ValueError> {
                <$to as SqlType>::from_row(row, at)
            }

            fn copy(value: &$to) -> $to {
                value.clone()
            }
        }
    )*};
}

read_into! {
    T => T;
    T => Option<T>;
    Option<T> => Option<T>;
}

column_part! {
    [P, C] Field<P, C>;
    [X, T] Expr<X, T>;
}
