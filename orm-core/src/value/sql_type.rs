//! How a Rust type is stored: the one trait to implement for a field type of one's own.

use std::fmt::Debug;

use super::{Row, Value, ValueKind};
use crate::error::{Error, ValueError};

/// A type that can be a model's field.
///
/// Implemented for Rust's and the usual crates' types; `#[derive(Choices)]` and `#[derive(FieldType)]` (newtypes)
/// write it for your own. Implemented by hand, it needs `orm::field_values!` beside it, so that values can be compared and
/// assigned. NULL is not this trait's business: a nullable field is an `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a model",
    label = "no database type is known for `{Self}`",
    note = "use a supported type (bool, integers, floats, String, Vec<u8>, Decimal, Uuid, chrono's dates and times, Json<T>, …)",
    note = "for an enum add `#[derive(Choices)]`; for a newtype add `#[derive(FieldType)]`; to store a serde type as JSON wrap it in `Json<…>`"
)]
pub trait FieldType: Clone + Debug + Send + Sync + Sized + 'static {
    /// What the column is made of.
    const KIND: ValueKind;

    /// The fixed set of stored values and their labels, for enums.
    const CHOICES: &'static [Choice] = &[];

    /// The value to bind.
    ///
    /// # Errors
    /// The value cannot be stored in any database.
    fn to_value(&self) -> Result<Value, ValueError>;

    /// The value to bind, giving up `self`.
    ///
    /// # Errors
    /// As [`FieldType::to_value`].
    #[inline]
    fn into_value(self) -> Result<Value, ValueError> {
        self.to_value()
    }

    /// Reads column `at`; `None` for NULL.
    ///
    /// # Errors
    /// The column holds something else.
    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError>;
}

/// One stored value of an enum with its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The variant's name in Rust.
    pub name: &'static str,
    /// What is stored.
    pub value: ChoiceValue,
    /// What people read.
    pub label: &'static str,
}

/// What an enum's variant is stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceValue {
    /// Stored as text.
    Text(&'static str),
    /// Stored as an integer.
    Integer(i64),
}

/// The type of an expression: a [`FieldType`], or an `Option` of one where NULL is possible.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a model",
    label = "no database type is known for `{Self}`",
    note = "use a supported type (bool, integers, floats, String, Vec<u8>, Decimal, Uuid, chrono's dates and times, Json<T>, …)",
    note = "for an enum add `#[derive(Choices)]`; for a newtype add `#[derive(FieldType)]`; to store a serde type as JSON wrap it in `Json<…>`"
)]
pub trait SqlType: Clone + Debug + Send + Sync + Sized + 'static {
    /// Without the `Option`.
    type Base: FieldType;
    /// With the `Option`.
    type Nullable: SqlType<Base = Self::Base, Nullable = Self::Nullable, Null = Optional>;
    /// Without the `Option`, as the type of an expression.
    type Required: SqlType<Base = Self::Base>;
    /// [`Required`] or [`Optional`]: whether NULL is possible, as a type.
    type Null: Nullability;
    /// Whether NULL is possible.
    const NULLABLE: bool;

    /// The value to bind.
    ///
    /// # Errors
    /// As [`FieldType::to_value`].
    fn to_value(&self) -> Result<Value, ValueError>;

    /// The value to bind, giving up `self`.
    ///
    /// # Errors
    /// As [`FieldType::to_value`].
    fn into_value(self) -> Result<Value, ValueError>;

    /// Reads column `at`.
    ///
    /// # Errors
    /// The column holds something else, or NULL without an `Option`.
    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self, ValueError>;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> SqlType for T {
    type Base = T;
    type Nullable = Option<T>;
    type Required = T;
    type Null = Required;
    const NULLABLE: bool = false;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        FieldType::to_value(self)
    }

    #[inline]
    fn into_value(self) -> Result<Value, ValueError> {
        FieldType::into_value(self)
    }

    #[inline]
    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self, ValueError> {
        <T as FieldType>::from_row(row, at)?.ok_or(ValueError::UnexpectedNull)
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> SqlType for Option<T> {
    type Base = T;
    type Nullable = Option<T>;
    type Required = T;
    type Null = Optional;
    const NULLABLE: bool = true;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        match self {
            Some(value) => value.to_value(),
            None => Ok(Value::Null(T::KIND)),
        }
    }

    #[inline]
    fn into_value(self) -> Result<Value, ValueError> {
        match self {
            Some(value) => value.into_value(),
            None => Ok(Value::Null(T::KIND)),
        }
    }

    #[inline]
    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self, ValueError> {
        <T as FieldType>::from_row(row, at)
    }
}

/// Whether NULL is possible, as a type.
pub trait Nullability: 'static {
    /// What `T` becomes beside something of this nullability.
    type Apply<T: SqlType>: SqlType<Base = T::Base>;
    /// What `T` becomes where something of this nullability stands in for NULL.
    type Either<T: SqlType>: SqlType<Base = T::Base>;
}

/// Whether there may be no related row, as a type.
pub trait RowNullability: Nullability {
    /// What a related row is beside something of this nullability.
    type Maybe<T: Send + 'static>: Send + 'static;

    /// Reads a row that is there if `present` says so.
    ///
    /// # Errors
    /// One of the two fails.
    fn maybe<T: Send + 'static, C: ?Sized>(
        context: &mut C,
        present: impl FnOnce(&mut C) -> Result<bool, Error>,
        read: impl FnOnce(&mut C) -> Result<T, Error>,
    ) -> Result<Self::Maybe<T>, Error>;

    /// The row, if it is there.
    fn as_mut<T: Send + 'static>(maybe: &mut Self::Maybe<T>) -> Option<&mut T>;
}

/// There is always a value, or a row.
pub struct Required;

impl Nullability for Required {
    type Apply<T: SqlType> = T;
    type Either<T: SqlType> = <T as SqlType>::Required;
}

impl RowNullability for Required {
    type Maybe<T: Send + 'static> = T;

    #[inline]
    fn maybe<T: Send + 'static, C: ?Sized>(
        context: &mut C,
        _present: impl FnOnce(&mut C) -> Result<bool, Error>,
        read: impl FnOnce(&mut C) -> Result<T, Error>,
    ) -> Result<T, Error> {
        read(context)
    }

    fn as_mut<T: Send + 'static>(maybe: &mut T) -> Option<&mut T> {
        Some(maybe)
    }
}

/// There may be none.
pub struct Optional;

impl Nullability for Optional {
    type Apply<T: SqlType> = T::Nullable;
    type Either<T: SqlType> = T;
}

impl RowNullability for Optional {
    type Maybe<T: Send + 'static> = Option<T>;

    #[inline]
    fn maybe<T: Send + 'static, C: ?Sized>(
        context: &mut C,
        present: impl FnOnce(&mut C) -> Result<bool, Error>,
        read: impl FnOnce(&mut C) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        if present(context)? { read(context).map(Some) } else { Ok(None) }
    }

    fn as_mut<T: Send + 'static>(maybe: &mut Option<T>) -> Option<&mut T> {
        maybe.as_mut()
    }
}
