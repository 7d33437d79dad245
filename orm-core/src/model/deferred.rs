//! Fields that a query may leave out.

use super::{Column, Declaration, TypeOf};
use crate::error::ValueError;
use crate::value::{Deferred, SqlType, Value};

/// A column whose field is a [`Deferred`].
#[diagnostic::on_unimplemented(
    message = "field `{Self}` is always loaded",
    label = "`{Self}` is not a `Deferred` field",
    note = "to leave it out of some queries, make its type `Deferred<…>` in the model; to read few fields, use `.only(…)` or `.values(…)`"
)]
pub trait DeferredColumn: Column {
    /// The field of a row.
    fn slot(row: &mut <Self::Is as Declaration>::Model) -> &mut Deferred<TypeOf<Self>>;
}

/// The value to bind; called by derived code.
///
/// # Errors
/// The value is not loaded, or cannot be stored.
pub fn deferred_to_value<C: Column>(value: &Deferred<TypeOf<C>>) -> Result<Value, ValueError> {
    value.get().map_or(Err(ValueError::NotLoaded), SqlType::to_value)
}
