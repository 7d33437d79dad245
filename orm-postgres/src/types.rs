//! Values to the wire: which type a parameter is declared as, and its bytes.

use std::error::Error as StdError;
use std::fmt;

use bytes::{BufMut, BytesMut};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use orm_core::error::ValueError;
use orm_core::value::{Array, Value, ValueKind, ValueRef, has_nul};
use tokio_postgres::types::{IsNull, ToSql, Type};

use crate::numeric;

/// Days from chrono's day one (0001-01-01) to PostgreSQL's day zero (2000-01-01).
pub(crate) const EPOCH_DAYS: i32 = 730_120;
/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400_000_000;
/// PostgreSQL's first day, 4714-11-24 BC, counted from its day zero.
const FIRST_DAY: i32 = -2_451_545;

/// What a parameter is declared as: its kind, and whether it is an array of it.
pub(crate) type Declared = (ValueKind, bool);

/// What a value is declared as.
#[inline]
pub(crate) fn declared(value: &Value) -> Declared {
    (value.kind(), matches!(value, Value::Array(_)))
}

/// The type a parameter is declared as when a statement is prepared.
pub(crate) fn parameter_type((kind, is_array): Declared) -> Type {
    if is_array { array_type(kind) } else { scalar_type(kind) }
}

fn array_type(kind: ValueKind) -> Type {
    match kind {
        ValueKind::Bool => Type::BOOL_ARRAY,
        ValueKind::I16 => Type::INT2_ARRAY,
        ValueKind::I32 => Type::INT4_ARRAY,
        ValueKind::I64 | ValueKind::U32 | ValueKind::U64 => Type::INT8_ARRAY,
        ValueKind::F32 => Type::FLOAT4_ARRAY,
        ValueKind::F64 => Type::FLOAT8_ARRAY,
        ValueKind::Text => Type::TEXT_ARRAY,
        ValueKind::Bytes => Type::BYTEA_ARRAY,
        ValueKind::Decimal => Type::NUMERIC_ARRAY,
        ValueKind::Uuid => Type::UUID_ARRAY,
        ValueKind::Json => Type::JSONB_ARRAY,
        ValueKind::Date => Type::DATE_ARRAY,
        ValueKind::Time => Type::TIME_ARRAY,
        ValueKind::DateTime => Type::TIMESTAMP_ARRAY,
        ValueKind::Timestamp => Type::TIMESTAMPTZ_ARRAY,
        ValueKind::Duration => Type::INTERVAL_ARRAY,
    }
}

pub(crate) fn scalar_type(kind: ValueKind) -> Type {
    match kind {
        ValueKind::Bool => Type::BOOL,
        ValueKind::I16 => Type::INT2,
        ValueKind::I32 => Type::INT4,
        ValueKind::I64 | ValueKind::U32 | ValueKind::U64 => Type::INT8,
        ValueKind::F32 => Type::FLOAT4,
        ValueKind::F64 => Type::FLOAT8,
        ValueKind::Text => Type::TEXT,
        ValueKind::Bytes => Type::BYTEA,
        ValueKind::Decimal => Type::NUMERIC,
        ValueKind::Uuid => Type::UUID,
        ValueKind::Json => Type::JSONB,
        ValueKind::Date => Type::DATE,
        ValueKind::Time => Type::TIME,
        ValueKind::DateTime => Type::TIMESTAMP,
        ValueKind::Timestamp => Type::TIMESTAMPTZ,
        ValueKind::Duration => Type::INTERVAL,
    }
}

/// A value as a parameter of a statement that was prepared for its kind. `Debug` shows the kind only, because
/// tokio-postgres logs parameters at debug level.
pub(crate) struct Param<'a>(pub(crate) &'a Value);

impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind().name())
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        Ok(write(self.0.into(), out)?)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(ty, out)
    }
}

/// The greatest value that the server takes, less room for its own header.
const LARGEST: usize = (1 << 30) - 1024;

fn out_of_range(kind: &'static str, target: &'static str) -> ValueError {
    ValueError::OutOfRange { kind, target: target.into() }
}

pub(crate) fn write(value: ValueRef<'_>, out: &mut BytesMut) -> Result<IsNull, ValueError> {
    match value {
        ValueRef::Null(_) => return Ok(IsNull::Yes),
        ValueRef::Bool(value) => out.put_u8(u8::from(value)),
        ValueRef::I16(value) => out.put_i16(value),
        ValueRef::I32(value) => out.put_i32(value),
        ValueRef::I64(value) => out.put_i64(value),
        ValueRef::U32(value) => out.put_i64(i64::from(value)),
        ValueRef::U64(value) => {
            out.put_i64(i64::try_from(value).map_err(|_| out_of_range("u64", "PostgreSQL's bigint"))?);
        }
        ValueRef::F32(value) => out.put_f32(value),
        ValueRef::F64(value) => out.put_f64(value),
        ValueRef::Text(text) => {
            refuse_nul(text)?;
            put(text.as_bytes(), out)?;
        }
        ValueRef::Bytes(bytes) => put(bytes, out)?,
        ValueRef::Decimal(value) => {
            let mut bytes = [0; numeric::LONGEST];
            let length = numeric::write(&value, &mut bytes);
            out.put_slice(bytes.get(..length).unwrap_or_default());
        }
        ValueRef::Uuid(value) => out.put_slice(value.as_bytes()),
        ValueRef::Json(text) => {
            refuse_nul(text)?;
            refuse_escaped_nul(text)?;
            // The version of jsonb's wire format.
            out.put_u8(1);
            put(text.as_bytes(), out)?;
        }
        ValueRef::Date(date) => out.put_i32(days(date)?),
        ValueRef::Time(time) => out.put_i64(micros_of_day(time)),
        ValueRef::DateTime(at) => out.put_i64(micros(at)?),
        ValueRef::Timestamp(at) => out.put_i64(micros(at.naive_utc())?),
        ValueRef::Duration(micros) => {
            out.put_i64(micros);
            // Days and months are left out: their length varies.
            out.put_i32(0);
            out.put_i32(0);
        }
        ValueRef::Array(array) => write_array(array, out)?,
    }
    Ok(IsNull::No)
}

/// The number of dimensions, whether there are NULLs, the elements' type, the dimension's length and its first index; then
/// each element behind its length, which is -1 for NULL.
fn write_array(array: &Array, out: &mut BytesMut) -> Result<(), ValueError> {
    let too_long = || out_of_range("array", "PostgreSQL's limit of 1 GiB");
    let start = out.len();
    out.put_i32(i32::from(!array.is_empty()));
    out.put_i32(i32::from(array.has_null()));
    out.put_u32(scalar_type(array.kind()).oid());
    if array.is_empty() {
        return Ok(());
    }
    out.put_i32(i32::try_from(array.len()).map_err(|_| too_long())?);
    out.put_i32(1);
    let numbers = array.series().map(|series| (series.as_i64(), series.as_i32()));
    match numbers {
        Some((Some(numbers), _)) if numbers.len() <= LARGEST / 12 => {
            put_numbers(numbers, i64::to_be_bytes, out);
        }
        Some((_, Some(numbers))) if numbers.len() <= LARGEST / 8 => {
            put_numbers(numbers, i32::to_be_bytes, out);
        }
        _ => {
            // Room for numbers at least.
            out.reserve(array.len().saturating_mul(8).min(LARGEST));
            for value in array.iter() {
                write_field(value, out)?;
                if out.len() - start > LARGEST {
                    return Err(too_long());
                }
            }
        }
    }
    Ok(())
}

/// Numbers behind their length, which they have in common.
fn put_numbers<T: Copy, const N: usize>(numbers: &[T], bytes: impl Fn(T) -> [u8; N], out: &mut BytesMut) {
    let start = out.len();
    out.resize(start + numbers.len() * (4 + N), 0);
    let places = out.get_mut(start..).unwrap_or_default().chunks_exact_mut(4 + N);
    for (place, number) in places.zip(numbers) {
        if let Some((length, value)) = place.split_first_chunk_mut::<4>() {
            *length = u32::try_from(N).unwrap_or_default().to_be_bytes();
            value.copy_from_slice(&bytes(*number));
        }
    }
}

/// A value behind its length, which is -1 for NULL.
#[inline]
pub(crate) fn write_field(value: ValueRef<'_>, out: &mut BytesMut) -> Result<(), ValueError> {
    match value {
        // What rows mostly have is written at once.
        ValueRef::Null(_) => out.extend_from_slice(&(-1_i32).to_be_bytes()),
        ValueRef::Bool(value) => put_fixed([u8::from(value)], out),
        ValueRef::I32(value) => put_fixed(value.to_be_bytes(), out),
        ValueRef::I64(value) => put_fixed(value.to_be_bytes(), out),
        ValueRef::Timestamp(at) => put_fixed(micros(at.naive_utc())?.to_be_bytes(), out),
        ValueRef::Text(text) => {
            refuse_nul(text)?;
            out.reserve(4 + text.len());
            out.put_slice(&length(text.len()));
            put(text.as_bytes(), out)?;
        }
        ValueRef::Decimal(value) => {
            // As much as it can have, and then what is too much is taken back: a length that is known costs less to copy.
            let mut bytes = [0; numeric::LONGEST];
            let written = numeric::write(&value, &mut bytes);
            let end = out.len() + 4 + written;
            out.reserve(4 + numeric::LONGEST);
            out.put_slice(&length(written));
            out.put_slice(&bytes);
            out.truncate(end);
        }
        ValueRef::I16(_)
        | ValueRef::U32(_)
        | ValueRef::U64(_)
        | ValueRef::F32(_)
        | ValueRef::F64(_)
        | ValueRef::Bytes(_)
        | ValueRef::Uuid(_)
        | ValueRef::Json(_)
        | ValueRef::Date(_)
        | ValueRef::Time(_)
        | ValueRef::DateTime(_)
        | ValueRef::Duration(_)
        | ValueRef::Array(_) => {
            let at = out.len();
            out.put_i32(-1);
            write(value, out)?;
            let length = length(out.len() - at - 4);
            if let Some(place) = out.get_mut(at..at + 4) {
                place.copy_from_slice(&length);
            }
        }
    }
    Ok(())
}

/// The length of a value; none is longer than the server's limit, which [`write`] knows.
fn length(length: usize) -> [u8; 4] {
    i32::try_from(length).unwrap_or(i32::MAX).to_be_bytes()
}

fn put_fixed<const N: usize>(bytes: [u8; N], out: &mut BytesMut) {
    out.reserve(4 + N);
    out.put_slice(&length(N));
    out.put_slice(&bytes);
}

fn put(bytes: &[u8], out: &mut BytesMut) -> Result<(), ValueError> {
    if bytes.len() > LARGEST {
        return Err(out_of_range("value", "PostgreSQL's limit of 1 GiB"));
    }
    out.put_slice(bytes);
    Ok(())
}

fn refuse_nul(text: &str) -> Result<(), ValueError> {
    if has_nul(text) { Err(ValueError::NulInText) } else { Ok(()) }
}

/// Refuses `\u0000` in a JSON document: jsonb stores text, which has no NUL.
fn refuse_escaped_nul(document: &str) -> Result<(), ValueError> {
    let mut rest = document.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let escape = rest.get(at + 1..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return Err(ValueError::NulInText);
        }
        // The escaped character may be a backslash itself.
        rest = escape.get(1..).unwrap_or_default();
    }
    Ok(())
}

fn days(date: NaiveDate) -> Result<i32, ValueError> {
    use chrono::Datelike;
    let days = date.num_days_from_ce() - EPOCH_DAYS;
    if days < FIRST_DAY { Err(out_of_range("date", "PostgreSQL's date")) } else { Ok(days) }
}

fn micros_of_day(time: NaiveTime) -> i64 {
    // chrono writes a leap second as nanoseconds beyond a second; no database has one.
    let nanos = time.nanosecond().min(999_999_999);
    i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(nanos / 1_000)
}

/// chrono's last year is before PostgreSQL's, so only the first day needs a check and nothing overflows.
fn micros(at: NaiveDateTime) -> Result<i64, ValueError> {
    let days = days(at.date()).map_err(|_| out_of_range("timestamp", "PostgreSQL's timestamp"))?;
    Ok(i64::from(days) * DAY + micros_of_day(at.time()))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use orm_core::value::Series;

    use super::*;

    fn bytes(value: &Value) -> Result<Vec<u8>, ValueError> {
        let mut out = BytesMut::new();
        write(value.into(), &mut out).map(|_| out.to_vec())
    }

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn unsigned_numbers_beyond_bigint_are_refused() {
        assert_eq!(bytes(&Value::U64(u64::from(u32::MAX))).unwrap(), 4_294_967_295_i64.to_be_bytes());
        assert_eq!(bytes(&Value::U64(i64::MAX.unsigned_abs())).unwrap(), i64::MAX.to_be_bytes());
        for beyond in [1 << 63, u64::MAX] {
            assert!(matches!(bytes(&Value::U64(beyond)), Err(ValueError::OutOfRange { .. })));
        }
    }

    #[test]
    fn nul_is_refused_in_text_but_not_in_bytes() {
        assert_eq!(bytes(&Value::Text("a\0b".into())), Err(ValueError::NulInText));
        assert!(bytes(&Value::Bytes(vec![0, 1])).is_ok());
    }

    #[test]
    fn nul_is_refused_in_json_however_it_is_written() {
        for document in [r#""\u0000""#, r#"{"a\u0000":1}"#, r#"["\\\u0000"]"#, "\"\0\"", r#""\u00000""#] {
            assert_eq!(bytes(&Value::Json(document.into())), Err(ValueError::NulInText), "{document}");
        }
        for document in [r#""\\u0000""#, r#""\u0001""#, r#""\\\\u0000""#, r#""u0000""#, "\"\\", "\"\\u00"] {
            assert!(bytes(&Value::Json(document.into())).is_ok(), "{document}");
        }
    }

    #[test]
    fn times_count_from_2000() {
        assert_eq!(bytes(&Value::DateTime(at("2000-01-01T00:00:00"))).unwrap(), 0_i64.to_be_bytes());
        assert_eq!(
            bytes(&Value::DateTime(at("1999-12-31T23:59:59.999999"))).unwrap(),
            (-1_i64).to_be_bytes()
        );
        assert_eq!(bytes(&Value::Date(at("2000-01-02T00:00:00").date())).unwrap(), 1_i32.to_be_bytes());
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap();
        assert_eq!(bytes(&Value::Time(leap)).unwrap(), (DAY - 1).to_be_bytes());
    }

    #[test]
    fn dates_before_the_server_s_first_are_refused() {
        let first = NaiveDate::from_ymd_opt(-4713, 11, 24).unwrap();
        assert_eq!(bytes(&Value::Date(first)).unwrap(), FIRST_DAY.to_be_bytes());
        for beyond in [first.pred_opt().unwrap(), NaiveDate::MIN] {
            assert!(matches!(bytes(&Value::Date(beyond)), Err(ValueError::OutOfRange { .. })));
            let beyond = beyond.and_time(NaiveTime::MIN);
            assert!(matches!(bytes(&Value::DateTime(beyond)), Err(ValueError::OutOfRange { .. })));
        }
        assert!(bytes(&Value::Date(NaiveDate::MAX)).is_ok());
        assert!(bytes(&Value::Timestamp(DateTime::<chrono::Utc>::MAX_UTC)).is_ok());
    }

    #[test]
    fn an_array_is_its_elements_behind_their_lengths() {
        let array = |values| Value::Array(Array::new(ValueKind::I16, values).unwrap());
        let [one, null] = [Value::I16(1), Value::Null(ValueKind::I16)];
        assert_eq!(bytes(&array(vec![])).unwrap(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 21]);
        let header = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 21, 0, 0, 0, 2, 0, 0, 0, 1];
        let elements = [0, 0, 0, 2, 0, 1, 255, 255, 255, 255];
        assert_eq!(bytes(&array(vec![one.clone(), null])).unwrap(), [&header[..], &elements].concat());
        assert_eq!(bytes(&array(vec![one])).unwrap().get(7), Some(&0), "no NULL in it");
        let nul = Array::new(ValueKind::Text, vec![Value::Text("a\0".into())]).unwrap();
        assert_eq!(bytes(&Value::Array(nul)), Err(ValueError::NulInText));
    }

    #[test]
    fn a_series_is_written_as_its_values() {
        for values in [
            vec![Value::I64(1), Value::I64(i64::MIN)],
            vec![Value::I64(1), Value::Null(ValueKind::I64)],
            vec![Value::I32(-1), Value::I32(7)],
            vec![Value::Text("a".into()), Value::Text(String::new())],
        ] {
            let kind = values[0].kind();
            let mut series = Series::with_capacity(kind, 2);
            values.iter().cloned().for_each(|value| series.push(value));
            let [series, values] = [Array::of(series), Array::new(kind, values)]
                .map(|array| bytes(&Value::Array(array.unwrap())).unwrap());
            assert_eq!(series, values);
        }
    }

    #[test]
    fn a_field_is_its_bytes_behind_their_number() {
        let mut out = BytesMut::new();
        for value in [Value::I16(7), Value::Null(ValueKind::Text), Value::Text("é".into())] {
            write_field((&value).into(), &mut out).unwrap();
        }
        let expected = [0, 0, 0, 2, 0, 7, 255, 255, 255, 255, 0, 0, 0, 2, 0xc3, 0xa9];
        assert_eq!(out.as_ref(), expected);
        assert!(write_field(ValueRef::Text("\0"), &mut out).is_err());
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Param(&Value::Text("canary".into()))), "text");
    }
}
