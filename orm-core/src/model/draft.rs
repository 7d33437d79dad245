//! The pieces of the builder that `create` hands to its closure.
//!
//! The derive makes a builder whose type says which required fields are [`Missing`]; each setter makes its own [`Given`].
//! Only a builder without `Missing` is [`Complete`].

mod required;

use std::marker::PhantomData;

use chrono::{DateTime, Utc};

pub use required::*;

use super::new_values::NewValues;
use super::validate::Validation;
use super::visit::NewVisitor;
use super::{Described, IntoField, Relation};
use crate::error::ValueError;
use crate::value::Value;

/// Which required fields a builder was given, beside the values.
pub type State<S> = PhantomData<fn() -> S>;

/// Gives a builder a value.
#[inline]
pub fn give<T>(place: &mut Option<T>, value: impl IntoField<T>) {
    *place = Some(value.into_field());
}

/// Gives a builder a value in place of the one that it had from the beginning.
#[inline]
pub fn set<T>(place: &mut T, value: impl IntoField<T>) {
    *place = value.into_field();
}

/// What a builder has of a field whose value may be missing in it.
pub type Held<T> = Option<T>;

/// What a builder has of a field whose values may be NULL: it begins as that.
pub type Same<T> = T;

/// The value of a field that need not be given.
#[inline]
pub fn kept<T>(value: T) -> T {
    value
}

/// The value of a required field, of which the builder's type says that it is there.
#[inline]
pub fn given<T>(value: Option<T>) -> T {
    match value {
        Some(value) => value,
        None => unreachable!("the builder's type says that the field was given"),
    }
}

/// A builder in which every required field was given.
#[diagnostic::on_unimplemented(
    message = "a required field was not given",
    label = "this builder is not complete",
    note = "give every field that has no default, is not nullable and is not automatic"
)]
pub trait Complete {
    /// What it builds.
    type New;

    /// The values.
    fn complete(self) -> Self::New;
}

/// What a setter of a version would take: nothing is.
#[diagnostic::on_unimplemented(
    message = "the version of a new row is not given",
    label = "a new row has version 1, and each save counts it up",
    note = "remove this call"
)]
pub trait GivenVersion {}

/// What a setter of a generated column would take: nothing is.
#[diagnostic::on_unimplemented(
    message = "a generated column of a new row is not given",
    label = "the database calculates it from the other fields",
    note = "remove this call"
)]
pub trait GivenComputed {}

/// A builder that can be given the key of the relation `R`.
pub trait Preset<R: Relation> {
    /// The builder with the key.
    type Out;

    /// Gives it the key.
    fn preset(self, key: R::Key) -> Self::Out;
}

/// The values of a row that does not exist yet. The derive makes one for each model, such as `NewPost`.
pub trait NewModel: Send + Sized + 'static {
    /// The model.
    type Model: Described;

    /// The values as they are read from JSON and other formats: a tree of pairs.
    type Read;

    /// The values that were read.
    fn from_read(read: Self::Read) -> Self;

    /// Gives the value of each field in the model's order; none where it is left to the database.
    /// Fields that are the time of creation take `now`.
    fn put_values(self, now: DateTime<Utc>, row: &mut NewValues);

    /// Shows the value of each field that a new row may be given.
    fn visit(&self, visitor: &mut dyn NewVisitor);

    /// Validates the values; without rules of the model's own there is nothing in which fields differ but their descriptions.
    fn validate_into(&self, found: &mut Validation) {
        found.new_row(self);
    }

    /// The value of each field in the model's order; `None` is left to the database.
    ///
    /// # Errors
    /// A value cannot be stored; the position says which.
    fn into_values(self, now: DateTime<Utc>) -> Result<Vec<Option<Value>>, (usize, ValueError)> {
        let mut row = NewValues::default();
        self.put_values(now, &mut row);
        row.finish()
    }
}
