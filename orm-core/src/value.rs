//! A bound value and how Rust types become one, or are read from a column.

mod array;
mod basic;
mod borrowed;
mod columns;
mod decimal;
mod decimal_text;
mod deferred;
mod dynamic;
mod held;
mod json;
pub mod letter_case;
#[doc(hidden)]
pub mod newtype;
mod nul;
mod row;
mod row_values;
mod serialize;
mod series;
mod sql_type;
mod temporal;
mod uuid;
mod zone;

#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "time")]
mod time;

pub use array::Array;
pub use borrowed::ValueRef;
pub use columns::FromColumns;
pub use decimal_text::DecimalText;
pub use deferred::Deferred;
pub(crate) use held::HeldRow;
pub use json::Json;
pub use nul::has_nul;
pub use row::Row;
pub use row_values::RowValues;
pub use series::{Cells, Series};
pub use sql_type::{
    Choice, ChoiceValue, FieldType, Nullability, Optional, Required, RowNullability, SqlType,
};
pub use zone::{IntoZone, Offsets, Zone};

use ::uuid::Uuid;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;

/// The kind of a value: what a parameter is sent as, and what a column is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// True or false.
    Bool,
    /// 16-bit integer.
    I16,
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit unsigned integer.
    U32,
    /// 64-bit unsigned integer.
    U64,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Exact decimal number.
    Decimal,
    /// UUID.
    Uuid,
    /// JSON document.
    Json,
    /// Calendar date.
    Date,
    /// Time of day, to the microsecond.
    Time,
    /// Date and time without a zone, to the microsecond.
    DateTime,
    /// Instant in UTC, to the microsecond.
    Timestamp,
    /// Length of time, in microseconds.
    Duration,
}

impl ValueKind {
    /// Whether it is a point in time or a length of it.
    pub fn is_temporal(self) -> bool {
        matches!(
            self,
            ValueKind::Date
                | ValueKind::Time
                | ValueKind::DateTime
                | ValueKind::Timestamp
                | ValueKind::Duration
        )
    }

    /// Whether it is a whole number.
    pub const fn is_integer(self) -> bool {
        matches!(self, ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::U32 | ValueKind::U64)
    }

    /// The kind's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            ValueKind::Bool => "bool",
            ValueKind::I16 => "i16",
            ValueKind::I32 => "i32",
            ValueKind::I64 => "i64",
            ValueKind::U32 => "u32",
            ValueKind::U64 => "u64",
            ValueKind::F32 => "f32",
            ValueKind::F64 => "f64",
            ValueKind::Text => "text",
            ValueKind::Bytes => "bytes",
            ValueKind::Decimal => "decimal",
            ValueKind::Uuid => "uuid",
            ValueKind::Json => "json",
            ValueKind::Date => "date",
            ValueKind::Time => "time",
            ValueKind::DateTime => "datetime",
            ValueKind::Timestamp => "timestamp",
            ValueKind::Duration => "duration",
        }
    }
}

/// A value to bind. Times are kept to the microsecond: what every database can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL of a kind, so that a server knows the parameter's type.
    Null(ValueKind),
    /// See [`ValueKind::Bool`].
    Bool(bool),
    /// See [`ValueKind::I16`].
    I16(i16),
    /// See [`ValueKind::I32`].
    I32(i32),
    /// See [`ValueKind::I64`].
    I64(i64),
    /// See [`ValueKind::U32`].
    U32(u32),
    /// See [`ValueKind::U64`].
    U64(u64),
    /// See [`ValueKind::F32`].
    F32(f32),
    /// See [`ValueKind::F64`].
    F64(f64),
    /// See [`ValueKind::Text`].
    Text(String),
    /// See [`ValueKind::Bytes`].
    Bytes(Vec<u8>),
    /// See [`ValueKind::Decimal`].
    Decimal(Decimal),
    /// See [`ValueKind::Uuid`].
    Uuid(Uuid),
    /// The document's text. See [`ValueKind::Json`].
    Json(String),
    /// See [`ValueKind::Date`].
    Date(NaiveDate),
    /// See [`ValueKind::Time`].
    Time(NaiveTime),
    /// See [`ValueKind::DateTime`].
    DateTime(NaiveDateTime),
    /// See [`ValueKind::Timestamp`].
    Timestamp(DateTime<Utc>),
    /// Microseconds. See [`ValueKind::Duration`].
    Duration(i64),
    /// Several values as one parameter.
    Array(Array),
}

impl Value {
    /// The value's kind; of an array, its values'.
    #[inline]
    pub fn kind(&self) -> ValueKind {
        // Not by a `ValueRef`: looked at for each value of each statement, it is one look at a table.
        match self {
            Value::Null(kind) => *kind,
            Value::Bool(_) => ValueKind::Bool,
            Value::I16(_) => ValueKind::I16,
            Value::I32(_) => ValueKind::I32,
            Value::I64(_) => ValueKind::I64,
            Value::U32(_) => ValueKind::U32,
            Value::U64(_) => ValueKind::U64,
            Value::F32(_) => ValueKind::F32,
            Value::F64(_) => ValueKind::F64,
            Value::Text(_) => ValueKind::Text,
            Value::Bytes(_) => ValueKind::Bytes,
            Value::Decimal(_) => ValueKind::Decimal,
            Value::Uuid(_) => ValueKind::Uuid,
            Value::Json(_) => ValueKind::Json,
            Value::Date(_) => ValueKind::Date,
            Value::Time(_) => ValueKind::Time,
            Value::DateTime(_) => ValueKind::DateTime,
            Value::Timestamp(_) => ValueKind::Timestamp,
            Value::Duration(_) => ValueKind::Duration,
            Value::Array(array) => array.kind(),
        }
    }

    /// How many bytes of text, or bytes, it has.
    pub(crate) fn length(&self) -> usize {
        match self {
            Value::Text(text) | Value::Json(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        }
    }

    /// True for NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null(_))
    }
}
