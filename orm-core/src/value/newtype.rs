//! What `#[derive(FieldType)]` builds on: a struct around one value of another type.
//!
//! The functions are generic over the struct and never name the inner type, so that the compiler says in one place
//! what that type lacks.

use super::{Choice, FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

/// A struct around one value.
#[doc(hidden)]
pub trait Newtype: Sized {
    /// The type inside.
    type Inner: FieldType;

    /// The struct around the value.
    fn wrap(inner: Self::Inner) -> Self;

    /// The value inside.
    fn inner(&self) -> &Self::Inner;

    /// The value inside, giving up the struct.
    fn into_inner(self) -> Self::Inner;
}

/// What the inner type is stored as.
#[doc(hidden)]
pub const fn kind<N: Newtype>() -> ValueKind {
    N::Inner::KIND
}

/// The inner type's choices.
#[doc(hidden)]
pub const fn choices<N: Newtype>() -> &'static [Choice] {
    N::Inner::CHOICES
}

/// The value to bind.
///
/// # Errors
/// As [`FieldType::to_value`].
#[doc(hidden)]
#[inline]
pub fn to_value<N: Newtype>(value: &N) -> Result<Value, ValueError> {
    value.inner().to_value()
}

/// The value to bind, giving up the struct.
///
/// # Errors
/// As [`FieldType::to_value`].
#[doc(hidden)]
#[inline]
pub fn into_value<N: Newtype>(value: N) -> Result<Value, ValueError> {
    value.into_inner().into_value()
}

/// Reads column `at`.
///
/// # Errors
/// As [`FieldType::from_row`].
#[doc(hidden)]
#[inline]
pub fn from_row<N: Newtype, R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<N>, ValueError> {
    Ok(N::Inner::from_row(row, at)?.map(N::wrap))
}
