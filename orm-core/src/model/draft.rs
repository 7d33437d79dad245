//! The pieces of the builder that `create` hands to its closure.
//!
//! The derive makes a builder with one type parameter for each required field, which is [`Missing`] until its setter
//! makes it [`Given`]. Only a builder without `Missing` is [`Complete`].

use std::marker::PhantomData;

use chrono::{DateTime, Utc};

use super::Relation;
use super::new_values::NewValues;
use crate::error::ValueError;
use crate::value::Value;

/// A required field that was not given yet; `C` is the field.
pub struct Missing<C>(PhantomData<fn() -> C>);

impl<C> Default for Missing<C> {
    fn default() -> Self {
        Missing(PhantomData)
    }
}

/// A required field's value.
pub struct Given<T>(pub T);

/// A required field that was given. One bound for each, so that the compiler names the missing one.
#[diagnostic::on_unimplemented(
    message = "required field `{C}` was not given",
    label = "`{C}` has no default and is not nullable",
    note = "call its setter in the closure: `|row| row.{C}(…)`"
)]
pub trait Provided<C> {
    /// The field's type.
    type Value;

    /// The value.
    fn take(self) -> Self::Value;
}

#[diagnostic::do_not_recommend]
impl<C, T> Provided<C> for Given<T> {
    type Value = T;

    fn take(self) -> T {
        self.0
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
    type Model;

    /// Gives the value of each field in the model's order; none where it is left to the database.
    /// Fields that are the time of creation take `now`.
    fn put_values(self, now: DateTime<Utc>, row: &mut NewValues);

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
