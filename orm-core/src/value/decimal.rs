//! `rust_decimal::Decimal` as a field type.

use rust_decimal::Decimal;

use super::{FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

impl FieldType for Decimal {
    const KIND: ValueKind = ValueKind::Decimal;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Decimal(*self))
    }

    #[inline]
    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.decimal(at)
    }
}
