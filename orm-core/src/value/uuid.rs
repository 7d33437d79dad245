//! `uuid::Uuid` as a field type.

use uuid::Uuid;

use super::{FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

impl FieldType for Uuid {
    const KIND: ValueKind = ValueKind::Uuid;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Uuid(*self))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.uuid(at)
    }
}
