//! Values read from consecutive columns: one, or a tuple of them.

use super::{Row, SqlType};
use crate::error::ValueError;

/// A value or a tuple of values, read from consecutive columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the columns of a row",
    label = "expected a field's type, an `Option` of one, or a tuple of up to 16 of these"
)]
pub trait FromColumns: Sized + Send + 'static {
    /// How many columns.
    const WIDTH: usize;

    /// Reads the columns from `at` on.
    ///
    /// # Errors
    /// A column does not hold what is read; with its position among these.
    fn from_columns<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self, (usize, ValueError)>;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> FromColumns for T {
    const WIDTH: usize = 1;

    #[inline]
    fn from_columns<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self, (usize, ValueError)> {
        T::from_row(row, at).map_err(|error| (0, error))
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> FromColumns for ($($name,)+) {
            const WIDTH: usize = [$($at),+].len();

            #[inline]
            fn from_columns<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self, (usize, ValueError)> {
                Ok(($($name::from_row(row, at + $at).map_err(|error| ($at, error))?,)+))
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
