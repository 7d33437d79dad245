//! Fields that a query may leave out.

use super::{Column, read_field};
use crate::error::{Result, ValueError};
use crate::schema::FieldMeta;
use crate::value::{Deferred, Row, SqlType, Value};

/// A column whose field is a [`Deferred`].
#[diagnostic::on_unimplemented(
    message = "field `{Self}` is always loaded",
    label = "`{Self}` is not a `Deferred` field",
    note = "to leave it out of some queries, make its type `Deferred<…>` in the model; to read few fields, use `.only(…)` or `.values(…)`"
)]
pub trait DeferredColumn: Column {
    /// The field of a row.
    fn slot(row: &mut Self::Model) -> &mut Deferred<Self::Type>;
}

/// Reads the next column; called by derived code.
///
/// # Errors
/// The column does not hold what the field reads; the error names model and field.
#[inline]
pub fn read_next<C: Column, R: Row + ?Sized>(row: &mut R, at: &mut usize) -> Result<C::Type> {
    let value = read_field(row, *at, C::META);
    *at += 1;
    value
}

/// Reads the next column unless the query left it out; called by derived code.
///
/// # Errors
/// The column does not hold what the field reads; the error names model and field.
#[inline]
pub fn read_deferred<C: Column, R: Row + ?Sized>(
    row: &mut R,
    at: &mut usize,
    left_out: &[&'static FieldMeta],
) -> Result<Deferred<C::Type>> {
    if left_out.iter().any(|field| std::ptr::eq(*field, C::META)) {
        return Ok(Deferred::not_loaded());
    }
    read_next::<C, R>(row, at).map(Deferred::from)
}

/// The value to bind; called by derived code.
///
/// # Errors
/// The value is not loaded, or cannot be stored.
pub fn deferred_to_value<C: Column>(value: &Deferred<C::Type>) -> Result<Value, ValueError> {
    value.get().map_or(Err(ValueError::NotLoaded), SqlType::to_value)
}
