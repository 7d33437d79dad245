//! A value as serde writes it: the way the Rust type of its kind does.

use serde::ser::{Error, Serialize, Serializer};

use super::Value;

/// NULL is nothing, a decimal or UUID is its text, a date or time is its ISO text, a duration is its microseconds, and a
/// JSON document is itself.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null(_) => serializer.serialize_none(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::I16(value) => serializer.serialize_i16(*value),
            Value::I32(value) => serializer.serialize_i32(*value),
            Value::I64(value) | Value::Duration(value) => serializer.serialize_i64(*value),
            Value::U32(value) => serializer.serialize_u32(*value),
            Value::U64(value) => serializer.serialize_u64(*value),
            Value::F32(value) => serializer.serialize_f32(*value),
            Value::F64(value) => serializer.serialize_f64(*value),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Value::Decimal(value) => serializer.collect_str(value),
            Value::Uuid(value) => serializer.collect_str(value),
            Value::Json(text) => serde_json::from_str::<serde_json::Value>(text)
                .map_err(|_| S::Error::custom("a document is not valid JSON"))?
                .serialize(serializer),
            Value::Array(array) => serializer.collect_seq(array.values()),
            // chrono's `Debug` is the form that its own serde support writes.
            Value::Date(value) => serializer.collect_str(&format_args!("{value:?}")),
            Value::Time(value) => serializer.collect_str(&format_args!("{value:?}")),
            Value::DateTime(value) => serializer.collect_str(&format_args!("{value:?}")),
            Value::Timestamp(value) => serializer.collect_str(&format_args!("{value:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Array, ValueKind};

    #[test]
    fn each_kind_has_its_form() {
        let at = chrono::DateTime::from_timestamp(1_700_000_000, 123_456_000).unwrap();
        for (value, json) in [
            (Value::Null(ValueKind::Text), "null"),
            (Value::Bool(true), "true"),
            (Value::U64(u64::MAX), "18446744073709551615"),
            (Value::F64(0.5), "0.5"),
            (Value::Text("a\"b".into()), r#""a\"b""#),
            (Value::Bytes(vec![1, 255]), "[1,255]"),
            (Value::Decimal("1.50".parse().unwrap()), r#""1.50""#),
            (Value::Json(r#"{"a":[1]}"#.into()), r#"{"a":[1]}"#),
            (Value::Date(at.date_naive()), r#""2023-11-14""#),
            (Value::Time(at.time()), r#""22:13:20.123456""#),
            (Value::DateTime(at.naive_utc()), r#""2023-11-14T22:13:20.123456""#),
            (Value::Timestamp(at), r#""2023-11-14T22:13:20.123456Z""#),
            (Value::Duration(-5), "-5"),
            (Value::Array(Array::new(ValueKind::I16, vec![Value::I16(1)]).unwrap()), "[1]"),
        ] {
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        assert!(serde_json::to_string(&Value::Json("{".into())).is_err());
    }
}
