//! Values that are held read as a row is: so that what can be read from a column can be read from a value.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Row, Value};
use crate::error::ValueError;

/// Values in the place of a driver's row.
pub(crate) struct HeldRow<'a>(pub(crate) &'a [Value]);

impl<'a> HeldRow<'a> {
    #[inline]
    fn at(&self, at: usize) -> Result<&'a Value, ValueError> {
        self.0.get(at).ok_or_else(|| ValueError::Invalid(format!("column {at} does not exist").into()))
    }
}

#[cold]
fn wrong<T>(expected: &'static str, found: &Value) -> Result<T, ValueError> {
    Err(ValueError::WrongType { expected, found: found.kind().name().into() })
}

fn below<T>(kind: &'static str, target: &'static str) -> Result<T, ValueError> {
    Err(ValueError::OutOfRange { kind, target: target.into() })
}

/// Getters of values that are copied.
macro_rules! copied {
    ($($name:ident $type:ty: $($kind:ident)|+ => $expected:literal;)*) => {$(
        fn $name(&mut self, at: usize) -> Result<Option<$type>, ValueError> {
            match self.at(at)? {
                Value::Null(_) => Ok(None),
                $(Value::$kind(value) => Ok(Some((*value).into())),)+
                other => wrong($expected, other),
            }
        }
    )*};
}

impl Row for HeldRow<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    /// Values have no names.
    fn name(&self, _at: usize) -> Option<Cow<'_, str>> {
        None
    }

    fn is_null(&self, at: usize) -> Result<bool, ValueError> {
        self.at(at).map(Value::is_null)
    }

    copied! {
        bool bool: Bool => "bool";
        f64 f64: F32 | F64 => "f64";
        uuid Uuid: Uuid => "uuid";
        date NaiveDate: Date => "date";
        time NaiveTime: Time => "time";
        datetime NaiveDateTime: DateTime => "datetime";
        timestamp DateTime<Utc>: Timestamp => "timestamp";
        duration i64: Duration => "duration";
        decimal Decimal: Decimal | I16 | I32 | I64 | U32 | U64 => "decimal";
    }

    #[inline]
    fn i64(&mut self, at: usize) -> Result<Option<i64>, ValueError> {
        match self.at(at)? {
            Value::Null(_) => Ok(None),
            Value::I16(number) => Ok(Some((*number).into())),
            Value::I32(number) => Ok(Some((*number).into())),
            Value::I64(number) => Ok(Some(*number)),
            Value::U32(number) => Ok(Some((*number).into())),
            Value::U64(number) => i64::try_from(*number).map(Some).or_else(|_| below("integer", "i64")),
            other => wrong("integer", other),
        }
    }

    #[inline]
    fn u64(&mut self, at: usize) -> Result<Option<u64>, ValueError> {
        if let Value::U64(number) = self.at(at)? {
            return Ok(Some(*number));
        }
        match self.i64(at)? {
            None => Ok(None),
            Some(number) => u64::try_from(number).map(Some).or_else(|_| below("negative integer", "u64")),
        }
    }

    fn f32(&mut self, at: usize) -> Result<Option<f32>, ValueError> {
        match self.at(at)? {
            Value::Null(_) => Ok(None),
            Value::F32(number) => Ok(Some(*number)),
            Value::F64(number) => {
                #[allow(clippy::cast_possible_truncation, reason = "compared with what it was")]
                let single = *number as f32;
                if f64::from(single).total_cmp(number).is_eq() || number.is_nan() {
                    Ok(Some(single))
                } else {
                    below("double precision number", "f32")
                }
            }
            other => wrong("f32", other),
        }
    }

    fn str(&mut self, at: usize) -> Result<Option<&str>, ValueError> {
        match self.at(at)? {
            Value::Null(_) => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            other => wrong("text", other),
        }
    }

    fn bytes(&mut self, at: usize) -> Result<Option<Vec<u8>>, ValueError> {
        match self.at(at)? {
            Value::Null(_) => Ok(None),
            Value::Bytes(bytes) => Ok(Some(bytes.clone())),
            other => wrong("bytes", other),
        }
    }

    fn json(&mut self, at: usize) -> Result<Option<&str>, ValueError> {
        match self.at(at)? {
            Value::Null(_) => Ok(None),
            Value::Json(text) => Ok(Some(text)),
            other => wrong("json", other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::FieldType;

    fn read<T: FieldType>(value: Value) -> Result<Option<T>, ValueError> {
        T::from_row(&mut HeldRow(&[value]), 0)
    }

    #[test]
    fn numbers_are_converted_where_nothing_is_lost() {
        assert_eq!(read::<i16>(Value::U64(7)), Ok(Some(7)));
        assert_eq!(read::<u64>(Value::U64(u64::MAX)), Ok(Some(u64::MAX)));
        assert_eq!(read::<u32>(Value::I16(7)), Ok(Some(7)));
        assert!(read::<u32>(Value::I16(-7)).is_err());
        assert!(read::<i16>(Value::I64(70_000)).is_err());
        assert!(read::<i64>(Value::U64(u64::MAX)).is_err());
        assert_eq!(read::<f32>(Value::F64(0.5)), Ok(Some(0.5)));
        assert!(read::<f32>(Value::F64(0.1)).is_err());
        assert_eq!(read::<f64>(Value::F32(0.5)), Ok(Some(0.5)));
        assert_eq!(read::<Decimal>(Value::I32(7)), Ok(Some(Decimal::from(7))));
    }

    #[test]
    fn other_kinds_are_refused() {
        let refused = read::<String>(Value::I64(7)).unwrap_err();
        assert_eq!(refused.to_string(), "expected text, the column holds i64");
        assert!(read::<i64>(Value::Text("7".into())).is_err());
        assert!(read::<bool>(Value::I64(1)).is_err());
        assert!(HeldRow(&[]).i64(0).is_err());
    }

    #[test]
    fn null_is_none() {
        assert_eq!(read::<String>(Value::Null(crate::value::ValueKind::I64)), Ok(None));
        assert_eq!(HeldRow(&[Value::Bool(true)]).is_null(0), Ok(false));
    }
}
