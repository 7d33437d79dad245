//! JSON documents as field types: dynamic, or any serde type in `Json`.

use std::fmt::Debug;
use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

/// A serde type stored as a JSON document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Json(value)
    }
}

/// serde's own message may quote the document, so only its position is repeated.
fn unreadable(error: &serde_json::Error) -> ValueError {
    let why = if error.is_data() { "does not match the field's type" } else { "is not valid JSON" };
    ValueError::Invalid(
        format!("the document {why} (line {}, column {})", error.line(), error.column()).into(),
    )
}

impl<T> FieldType for Json<T>
where
    T: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static,
{
    const KIND: ValueKind = ValueKind::Json;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        serde_json::to_string(&self.0)
            .map(Value::Json)
            .map_err(|_| ValueError::Invalid("the value cannot be written as JSON".into()))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        match row.json(at)? {
            None => Ok(None),
            Some(text) => serde_json::from_str(text).map(Some).map_err(|error| unreadable(&error)),
        }
    }
}

impl FieldType for serde_json::Value {
    const KIND: ValueKind = ValueKind::Json;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Json(self.to_string()))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        match row.json(at)? {
            None => Ok(None),
            Some(text) => serde_json::from_str(text).map(Some).map_err(|error| unreadable(&error)),
        }
    }
}
