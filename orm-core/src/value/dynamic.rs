//! A column read as a value of a kind that only the query knows.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

impl Value {
    /// Reads column `at` as a value of this kind.
    ///
    /// # Errors
    /// The column holds something else.
    pub(crate) fn from_row<R: Row + ?Sized>(
        row: &mut R,
        at: usize,
        kind: ValueKind,
    ) -> Result<Value, ValueError> {
        fn read<T: FieldType, R: Row + ?Sized>(
            row: &mut R,
            at: usize,
            value: fn(T) -> Value,
        ) -> Result<Option<Value>, ValueError> {
            Ok(T::from_row(row, at)?.map(value))
        }
        let value = match kind {
            ValueKind::Bool => read::<bool, R>(row, at, Value::Bool),
            ValueKind::I16 => read::<i16, R>(row, at, Value::I16),
            ValueKind::I32 => read::<i32, R>(row, at, Value::I32),
            ValueKind::I64 => read::<i64, R>(row, at, Value::I64),
            ValueKind::U32 => read::<u32, R>(row, at, Value::U32),
            ValueKind::U64 => read::<u64, R>(row, at, Value::U64),
            ValueKind::F32 => read::<f32, R>(row, at, Value::F32),
            ValueKind::F64 => read::<f64, R>(row, at, Value::F64),
            ValueKind::Text => read::<String, R>(row, at, Value::Text),
            ValueKind::Bytes => read::<Vec<u8>, R>(row, at, Value::Bytes),
            ValueKind::Decimal => read::<Decimal, R>(row, at, Value::Decimal),
            ValueKind::Uuid => read::<Uuid, R>(row, at, Value::Uuid),
            ValueKind::Json => row.json(at).map(|text| text.map(|text| Value::Json(text.to_owned()))),
            ValueKind::Date => read::<NaiveDate, R>(row, at, Value::Date),
            ValueKind::Time => read::<NaiveTime, R>(row, at, Value::Time),
            ValueKind::DateTime => read::<NaiveDateTime, R>(row, at, Value::DateTime),
            ValueKind::Timestamp => read::<DateTime<Utc>, R>(row, at, Value::Timestamp),
            ValueKind::Duration => row.duration(at).map(|micros| micros.map(Value::Duration)),
        };
        Ok(value?.unwrap_or(Value::Null(kind)))
    }
}
