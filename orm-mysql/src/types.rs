//! Values to parameters of the binary protocol.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use mysql_async::Value as Param;
use orm_core::error::ValueError;
use orm_core::value::{DecimalText, Value};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What a UUID is sent as, so that it can be stored in the column of that server and compared with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UuidForm {
    /// 16 bytes, for `binary(16)`.
    Bytes,
    /// 36 characters, for MariaDB's `uuid`: it reads 16 bytes as text and refuses them.
    Text,
}

/// A value as a parameter.
///
/// # Errors
/// The protocol does not have it.
pub(crate) fn to_param(value: Value, uuid: UuidForm) -> Result<Param, ValueError> {
    Ok(match value {
        Value::Null(_) => Param::NULL,
        Value::Bool(value) => Param::Int(i64::from(value)),
        Value::I16(value) => Param::Int(value.into()),
        Value::I32(value) => Param::Int(value.into()),
        Value::I64(value) | Value::Duration(value) => Param::Int(value),
        Value::U32(value) => Param::UInt(value.into()),
        Value::U64(value) => Param::UInt(value),
        Value::F32(value) if value.is_finite() => Param::Float(value),
        Value::F64(value) if value.is_finite() => Param::Double(value),
        Value::F32(_) => return Err(ValueError::NotFinite { kind: "f32" }),
        Value::F64(_) => return Err(ValueError::NotFinite { kind: "f64" }),
        Value::Text(text) | Value::Json(text) => Param::Bytes(text.into_bytes()),
        Value::Bytes(bytes) => Param::Bytes(bytes),
        Value::Decimal(value) => Param::Bytes(decimal_text(&value)),
        Value::Uuid(value) => Param::Bytes(uuid_bytes(value, uuid)),
        Value::Date(date) => date_time("date", date, NaiveTime::MIN)?,
        Value::Time(time) => {
            let (hour, minute, second, micros) = time_parts(time)?;
            Param::Time(false, 0, hour, minute, second, micros)
        }
        Value::DateTime(at) => date_time_param("datetime", at)?,
        Value::Timestamp(at) => date_time_param("timestamp", at.naive_utc())?,
        Value::Array(_) => return Err(ValueError::Invalid("the protocol has no arrays".into())),
    })
}

pub(crate) fn decimal_text(decimal: &Decimal) -> Vec<u8> {
    DecimalText::of(decimal).as_bytes().to_vec()
}

pub(crate) fn uuid_bytes(value: Uuid, form: UuidForm) -> Vec<u8> {
    match form {
        UuidForm::Bytes => value.into_bytes().to_vec(),
        UuidForm::Text => value.hyphenated().to_string().into_bytes(),
    }
}

pub(crate) fn date_time_param(kind: &'static str, at: NaiveDateTime) -> Result<Param, ValueError> {
    date_time(kind, at.date(), at.time())
}

fn date_time(kind: &'static str, date: NaiveDate, time: NaiveTime) -> Result<Param, ValueError> {
    let beyond = || ValueError::OutOfRange { kind, target: "MySQL's years 1 to 9999".into() };
    let year = u16::try_from(date.year()).ok().filter(|year| (1..=9999).contains(year)).ok_or_else(beyond)?;
    let (month, day) = (small(date.month())?, small(date.day())?);
    let (hour, minute, second, micros) = time_parts(time)?;
    Ok(Param::Date(year, month, day, hour, minute, second, micros))
}

/// Hour, minute, second, microsecond. A leap second becomes the last microsecond before it ends.
fn time_parts(time: NaiveTime) -> Result<(u8, u8, u8, u32), ValueError> {
    let micros = (time.nanosecond() / 1_000).min(999_999);
    Ok((small(time.hour())?, small(time.minute())?, small(time.second())?, micros))
}

fn small(part: u32) -> Result<u8, ValueError> {
    u8::try_from(part)
        .map_err(|_| ValueError::OutOfRange { kind: "date or time", target: "MySQL's protocol".into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use orm_core::value::ValueKind;

    fn param(value: Value) -> Result<Param, ValueError> {
        to_param(value, UuidForm::Bytes)
    }

    #[test]
    fn decimals_are_written_as_they_are_shown() {
        for number in [
            "0",
            "0.00",
            "-0.00",
            "1",
            "-1",
            "0.01",
            "-0.010",
            "12.5",
            "99999999.99",
            "18446744073709551615",
            "18446744073709551616",
            "-1844674407370955161.6",
            "-0.0000000000000000000000000001",
            "1.8446744073709551615",
            "-7.9228162514264337593543950335",
        ] {
            let decimal: Decimal = number.parse().expect("a decimal");
            assert_eq!(param(Value::Decimal(decimal)), Ok(Param::Bytes(decimal.to_string().into_bytes())));
        }
    }

    #[test]
    fn numbers_keep_their_whole_range() {
        assert_eq!(param(Value::U64(u64::MAX)), Ok(Param::UInt(u64::MAX)));
        assert_eq!(param(Value::I64(i64::MIN)), Ok(Param::Int(i64::MIN)));
        assert_eq!(param(Value::U32(u32::MAX)), Ok(Param::UInt(u32::MAX.into())));
        assert_eq!(param(Value::Duration(-1)), Ok(Param::Int(-1)));
        assert_eq!(param(Value::Bool(true)), Ok(Param::Int(1)));
        assert_eq!(param(Value::Null(ValueKind::Json)), Ok(Param::NULL));
    }

    #[test]
    fn only_finite_floats_are_sent() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(param(Value::F64(value)), Err(ValueError::NotFinite { kind: "f64" }));
        }
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(param(Value::F32(value)), Err(ValueError::NotFinite { kind: "f32" }));
        }
        assert_eq!(param(Value::F32(f32::MIN)), Ok(Param::Float(f32::MIN)));
    }

    #[test]
    fn years_beyond_four_digits_are_refused() {
        for year in [0, -1, 10_000, 200_000] {
            let date = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            assert!(
                matches!(param(Value::Date(date)), Err(ValueError::OutOfRange { kind: "date", .. })),
                "{year}"
            );
            let at = date.and_time(NaiveTime::MIN);
            assert!(param(Value::DateTime(at)).is_err());
            assert!(param(Value::Timestamp(at.and_utc())).is_err());
        }
        let date = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();
        assert_eq!(param(Value::Date(date)), Ok(Param::Date(9999, 12, 31, 0, 0, 0, 0)));
    }

    #[test]
    fn times_are_sent_to_the_microsecond() {
        let time = NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999).unwrap();
        assert_eq!(param(Value::Time(time)), Ok(Param::Time(false, 0, 23, 59, 59, 999_999)));
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999).unwrap();
        assert_eq!(param(Value::Time(leap)), Ok(Param::Time(false, 0, 23, 59, 59, 999_999)));
    }

    #[test]
    fn uuids_have_the_form_their_column_needs() {
        let value = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(
            to_param(Value::Uuid(value), UuidForm::Bytes),
            Ok(Param::Bytes(value.as_bytes().to_vec()))
        );
        assert_eq!(
            to_param(Value::Uuid(value), UuidForm::Text),
            Ok(Param::Bytes(b"01234567-89ab-cdef-0123-456789abcdef".to_vec()))
        );
    }
}
