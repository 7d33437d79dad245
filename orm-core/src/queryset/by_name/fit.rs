//! A value given at run time as the field's kind of value; never a silent change.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::ast::Node;
use crate::error::{FieldError, Result, ValueError};
use crate::schema::FieldMeta;
use crate::value::{ChoiceValue, Value, ValueKind};

/// A value for a lookup that is chosen at run time: one of Rust's, a list of them, or a JSON document, as it comes from
/// outside. In JSON dates and times are text as in RFC 3339, and so are UUIDs; decimals are text or numbers, lengths of
/// time whole seconds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NamedValue {
    /// A value.
    Value(Value),
    /// A list of values.
    List(Vec<NamedValue>),
    /// A JSON document.
    Json(Json),
}

impl From<Json> for NamedValue {
    fn from(value: Json) -> Self {
        NamedValue::Json(value)
    }
}

impl From<Value> for NamedValue {
    fn from(value: Value) -> Self {
        NamedValue::Value(value)
    }
}

impl From<&str> for NamedValue {
    fn from(value: &str) -> Self {
        NamedValue::Value(Value::Text(value.to_owned()))
    }
}

impl<T: Into<NamedValue>> From<Vec<T>> for NamedValue {
    fn from(values: Vec<T>) -> Self {
        NamedValue::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<NamedValue>, const N: usize> From<[T; N]> for NamedValue {
    fn from(values: [T; N]) -> Self {
        NamedValue::List(values.into_iter().map(Into::into).collect())
    }
}

macro_rules! from {
    ($($type:ty => $kind:ident),* $(,)?) => {$(
        impl From<$type> for NamedValue {
            fn from(value: $type) -> Self {
                NamedValue::Value(Value::$kind(value))
            }
        }
    )*};
}

from! {
    bool => Bool,
    i16 => I16,
    i32 => I32,
    i64 => I64,
    u32 => U32,
    u64 => U64,
    f32 => F32,
    f64 => F64,
    String => Text,
    Decimal => Decimal,
    Uuid => Uuid,
    NaiveDate => Date,
    NaiveTime => Time,
    NaiveDateTime => DateTime,
    DateTime<Utc> => Timestamp,
}

/// The value to bind for `field`.
///
/// # Errors
/// It is of another type, or not one of the field's choices.
pub(crate) fn fitted(field: &'static FieldMeta, value: NamedValue) -> Result<Value> {
    let fitted = match value {
        NamedValue::Value(value) => converted(value, field.kind),
        NamedValue::Json(document) => from_json(&document, field.kind),
        NamedValue::List(_) => Err(wrong(field.kind, "a list")),
    };
    let fitted = fitted.and_then(|value| chosen(field, value));
    fitted.map_err(|error| FieldError::new(field.model, field.name, error).into())
}

/// The values of a list.
pub(super) fn items(field: &'static FieldMeta, value: NamedValue) -> Result<Vec<Value>> {
    match value {
        NamedValue::List(values) => values.into_iter().map(|value| fitted(field, value)).collect(),
        NamedValue::Json(Json::Array(values)) => {
            values.into_iter().map(|value| fitted(field, NamedValue::Json(value))).collect()
        }
        NamedValue::Value(_) | NamedValue::Json(_) => Err(misfit(field, "a list of values")),
    }
}

/// The two ends of a range.
pub(super) fn pair(field: &'static FieldMeta, value: NamedValue) -> Result<(Value, Value)> {
    let mut ends = items(field, value)?.into_iter();
    match (ends.next(), ends.next(), ends.next()) {
        (Some(low), Some(high), None) => Ok((low, high)),
        _ => Err(misfit(field, "a list of two values")),
    }
}

/// Text to search for.
pub(super) fn text(field: &'static FieldMeta, value: NamedValue) -> Result<Node> {
    match value {
        NamedValue::Value(Value::Text(text)) | NamedValue::Json(Json::String(text)) => {
            Ok(Node::value(Ok(Value::Text(text))))
        }
        NamedValue::Value(_) | NamedValue::Json(_) | NamedValue::List(_) => Err(misfit(field, "text")),
    }
}

/// Yes or no.
pub(super) fn flag(field: &'static FieldMeta, value: &NamedValue) -> Result<bool> {
    match value {
        NamedValue::Value(Value::Bool(flag)) | NamedValue::Json(Json::Bool(flag)) => Ok(*flag),
        NamedValue::Value(_) | NamedValue::Json(_) | NamedValue::List(_) => {
            Err(misfit(field, "true or false"))
        }
    }
}

#[cold]
fn misfit(field: &'static FieldMeta, expected: &'static str) -> crate::Error {
    let error = ValueError::Invalid(format!("the lookup takes {expected}").into());
    FieldError::new(field.model, field.name, error).into()
}

#[cold]
fn wrong(kind: ValueKind, found: &'static str) -> ValueError {
    ValueError::Invalid(format!("expected a value of type {}, got {found}", kind.name()).into())
}

fn chosen(field: &FieldMeta, value: Value) -> Result<Value, ValueError> {
    let known = |value: &Value| {
        field.choices.iter().any(|choice| match (choice.value, value) {
            (ChoiceValue::Text(known), Value::Text(text)) => known == text,
            (ChoiceValue::Integer(known), value) => integer(value) == Some(known.into()),
            (ChoiceValue::Text(_), _) => false,
        })
    };
    if field.choices.is_empty() || known(&value) {
        Ok(value)
    } else {
        Err(ValueError::Invalid("not one of the field's choices".into()))
    }
}

/// A value of Rust's as another kind, where nothing is lost.
fn converted(value: Value, kind: ValueKind) -> Result<Value, ValueError> {
    if value.is_null() {
        return Err(wrong(kind, "NULL, which nothing equals: ask with `is_null`"));
    }
    if value.kind() == kind {
        return Ok(value);
    }
    match (integer(&value), kind) {
        (Some(number), ValueKind::Decimal) => match Decimal::try_from_i128_with_scale(number, 0) {
            Ok(number) => Ok(Value::Decimal(number)),
            Err(_) => Err(too_large(kind)),
        },
        (Some(number), kind) if is_integer(kind) => from_integer(number, kind),
        (None, ValueKind::F64) if matches!(value, Value::F32(_)) => match value {
            Value::F32(number) => Ok(Value::F64(number.into())),
            _ => Err(wrong(kind, value.kind().name())),
        },
        _ => Err(wrong(kind, value.kind().name())),
    }
}

fn is_integer(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::U32 | ValueKind::U64)
}

fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::I16(number) => Some((*number).into()),
        Value::I32(number) => Some((*number).into()),
        Value::I64(number) => Some((*number).into()),
        Value::U32(number) => Some((*number).into()),
        Value::U64(number) => Some((*number).into()),
        _ => None,
    }
}

#[cold]
fn too_large(kind: ValueKind) -> ValueError {
    ValueError::OutOfRange { kind: "integer", target: kind.name().into() }
}

fn from_integer(number: i128, kind: ValueKind) -> Result<Value, ValueError> {
    let value = match kind {
        ValueKind::I16 => number.try_into().map(Value::I16),
        ValueKind::I32 => number.try_into().map(Value::I32),
        ValueKind::I64 => number.try_into().map(Value::I64),
        ValueKind::U32 => number.try_into().map(Value::U32),
        ValueKind::U64 => number.try_into().map(Value::U64),
        kind => return Err(wrong(kind, "an integer")),
    };
    value.map_err(|_| too_large(kind))
}

fn from_json(document: &Json, kind: ValueKind) -> Result<Value, ValueError> {
    let misread = || match document {
        Json::Null => wrong(kind, "null, which nothing equals: ask with `is_null`"),
        Json::Bool(_) => wrong(kind, "true or false"),
        Json::Number(_) => wrong(kind, "a number"),
        Json::String(_) => wrong(kind, "text"),
        Json::Array(_) => wrong(kind, "a list"),
        Json::Object(_) => wrong(kind, "an object"),
    };
    let whole = || document.as_i64().map(i128::from).or_else(|| document.as_u64().map(i128::from));
    let value = match kind {
        ValueKind::Bool => document.as_bool().map(Value::Bool),
        ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::U32 | ValueKind::U64 => match whole() {
            Some(number) => return from_integer(number, kind),
            None => None,
        },
        ValueKind::F64 => document.as_f64().map(Value::F64),
        ValueKind::F32 => document.as_f64().and_then(|number| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "JSON has one type of number, the field is the lesser"
            )]
            let number = number as f32;
            number.is_finite().then_some(Value::F32(number))
        }),
        ValueKind::Text => document.as_str().map(|text| Value::Text(text.to_owned())),
        ValueKind::Decimal => match document {
            Json::String(text) => text.parse().ok(),
            Json::Number(number) => {
                let text = number.to_string();
                text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
            }
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
        }
        .map(Value::Decimal),
        ValueKind::Duration => whole()
            .and_then(|seconds| i64::try_from(seconds.checked_mul(1_000_000)?).ok().map(Value::Duration)),
        ValueKind::Uuid => parsed(document, Value::Uuid),
        ValueKind::Date => parsed(document, Value::Date),
        ValueKind::Time => parsed(document, Value::Time),
        ValueKind::DateTime => parsed(document, Value::DateTime),
        ValueKind::Timestamp => parsed(document, Value::Timestamp),
        // Text could mean the bytes, or stand for them in one of several ways.
        ValueKind::Bytes | ValueKind::Json => None,
    };
    value.ok_or_else(misread)
}

fn parsed<T: std::str::FromStr>(document: &Json, value: fn(T) -> Value) -> Option<Value> {
    document.as_str()?.parse().ok().map(value)
}
