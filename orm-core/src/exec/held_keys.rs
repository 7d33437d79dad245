//! Keys of rows in an error, which knows neither values nor models: kept untyped, and given back as their model has them.

use std::any::Any;

use crate::error::{Error, FieldError, Result, ValueError};
use crate::model::Model;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{FromColumns, HeldRow, Value};

/// The keys of rows of a model.
pub(super) struct HeldKeys {
    pub(super) model: &'static ModelMeta,
    pub(super) values: Vec<Vec<Value>>,
}

impl HeldKeys {
    /// What an error holds, as keys of `M`; none when they are of another model.
    pub(super) fn of<M: Model>(held: &(dyn Any + Send + Sync)) -> Result<Vec<M::Key>> {
        let held = held.downcast_ref::<HeldKeys>().filter(|keys| keys.model == M::META);
        held.map_or(&[][..], |keys| &keys.values).iter().map(|values| key_of::<M>(values)).collect()
    }
}

/// A key from its values.
#[inline]
pub(super) fn key_of<M: Model>(values: &[Value]) -> Result<M::Key> {
    M::Key::from_columns(&mut HeldRow(values), 0).map_err(misread::<M>)
}

/// A part of a key, at this position, is no value of its field.
#[cold]
pub(super) fn misread<M: Model>((at, error): (usize, ValueError)) -> Error {
    let field: Option<&'static FieldMeta> = M::META.key_fields().nth(at);
    match field {
        Some(field) => FieldError::new(field.model, field.name, error).into(),
        None => error.into(),
    }
}
