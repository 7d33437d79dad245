//! A value that is kept elsewhere: what drivers and checks look at.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Array, Value, ValueKind};

/// As [`Value`], but borrowed from where it is kept, be that a [`Value`] or a [`Series`](super::Series).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// See [`Value::Null`].
    Null(ValueKind),
    /// See [`Value::Bool`].
    Bool(bool),
    /// See [`Value::I16`].
    I16(i16),
    /// See [`Value::I32`].
    I32(i32),
    /// See [`Value::I64`].
    I64(i64),
    /// See [`Value::U32`].
    U32(u32),
    /// See [`Value::U64`].
    U64(u64),
    /// See [`Value::F32`].
    F32(f32),
    /// See [`Value::F64`].
    F64(f64),
    /// See [`Value::Text`].
    Text(&'a str),
    /// See [`Value::Bytes`].
    Bytes(&'a [u8]),
    /// See [`Value::Decimal`].
    Decimal(Decimal),
    /// See [`Value::Uuid`].
    Uuid(Uuid),
    /// See [`Value::Json`].
    Json(&'a str),
    /// See [`Value::Date`].
    Date(NaiveDate),
    /// See [`Value::Time`].
    Time(NaiveTime),
    /// See [`Value::DateTime`].
    DateTime(NaiveDateTime),
    /// See [`Value::Timestamp`].
    Timestamp(DateTime<Utc>),
    /// See [`Value::Duration`].
    Duration(i64),
    /// See [`Value::Array`].
    Array(&'a Array),
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    #[inline]
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null(kind) => ValueRef::Null(*kind),
            Value::Bool(value) => ValueRef::Bool(*value),
            Value::I16(value) => ValueRef::I16(*value),
            Value::I32(value) => ValueRef::I32(*value),
            Value::I64(value) => ValueRef::I64(*value),
            Value::U32(value) => ValueRef::U32(*value),
            Value::U64(value) => ValueRef::U64(*value),
            Value::F32(value) => ValueRef::F32(*value),
            Value::F64(value) => ValueRef::F64(*value),
            Value::Text(text) => ValueRef::Text(text),
            Value::Bytes(bytes) => ValueRef::Bytes(bytes),
            Value::Decimal(value) => ValueRef::Decimal(*value),
            Value::Uuid(value) => ValueRef::Uuid(*value),
            Value::Json(text) => ValueRef::Json(text),
            Value::Date(value) => ValueRef::Date(*value),
            Value::Time(value) => ValueRef::Time(*value),
            Value::DateTime(value) => ValueRef::DateTime(*value),
            Value::Timestamp(value) => ValueRef::Timestamp(*value),
            Value::Duration(value) => ValueRef::Duration(*value),
            Value::Array(array) => ValueRef::Array(array),
        }
    }
}

impl ValueRef<'_> {
    /// As [`Value::kind`].
    #[inline]
    pub fn kind(self) -> ValueKind {
        match self {
            ValueRef::Null(kind) => kind,
            ValueRef::Bool(_) => ValueKind::Bool,
            ValueRef::I16(_) => ValueKind::I16,
            ValueRef::I32(_) => ValueKind::I32,
            ValueRef::I64(_) => ValueKind::I64,
            ValueRef::U32(_) => ValueKind::U32,
            ValueRef::U64(_) => ValueKind::U64,
            ValueRef::F32(_) => ValueKind::F32,
            ValueRef::F64(_) => ValueKind::F64,
            ValueRef::Text(_) => ValueKind::Text,
            ValueRef::Bytes(_) => ValueKind::Bytes,
            ValueRef::Decimal(_) => ValueKind::Decimal,
            ValueRef::Uuid(_) => ValueKind::Uuid,
            ValueRef::Json(_) => ValueKind::Json,
            ValueRef::Date(_) => ValueKind::Date,
            ValueRef::Time(_) => ValueKind::Time,
            ValueRef::DateTime(_) => ValueKind::DateTime,
            ValueRef::Timestamp(_) => ValueKind::Timestamp,
            ValueRef::Duration(_) => ValueKind::Duration,
            ValueRef::Array(array) => array.kind(),
        }
    }

    /// True for NULL.
    pub fn is_null(self) -> bool {
        matches!(self, ValueRef::Null(_))
    }

    /// A copy of its own.
    pub fn to_value(self) -> Value {
        match self {
            ValueRef::Null(kind) => Value::Null(kind),
            ValueRef::Bool(value) => Value::Bool(value),
            ValueRef::I16(value) => Value::I16(value),
            ValueRef::I32(value) => Value::I32(value),
            ValueRef::I64(value) => Value::I64(value),
            ValueRef::U32(value) => Value::U32(value),
            ValueRef::U64(value) => Value::U64(value),
            ValueRef::F32(value) => Value::F32(value),
            ValueRef::F64(value) => Value::F64(value),
            ValueRef::Text(text) => Value::Text(text.to_owned()),
            ValueRef::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            ValueRef::Decimal(value) => Value::Decimal(value),
            ValueRef::Uuid(value) => Value::Uuid(value),
            ValueRef::Json(text) => Value::Json(text.to_owned()),
            ValueRef::Date(value) => Value::Date(value),
            ValueRef::Time(value) => Value::Time(value),
            ValueRef::DateTime(value) => Value::DateTime(value),
            ValueRef::Timestamp(value) => Value::Timestamp(value),
            ValueRef::Duration(value) => Value::Duration(value),
            ValueRef::Array(array) => Value::Array(array.clone()),
        }
    }
}
