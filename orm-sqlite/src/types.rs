//! Values to SQLite's storage classes and back; the crate's documentation has the table.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use orm_core::error::ValueError;
use orm_core::value::{DecimalText, RowValues, Series, ValueRef as Param};
use rusqlite::Statement;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

/// Says before anything is sent whether every parameter can be stored.
pub(crate) fn check<'v>(params: impl IntoIterator<Item = Param<'v>>) -> Result<(), ValueError> {
    params.into_iter().try_for_each(|value| match value {
        Param::U64(value) => i64::try_from(value).map(drop).map_err(|_| ValueError::OutOfRange {
            kind: "u64",
            target: "SQLite's INTEGER (64 bits, signed)".into(),
        }),
        Param::F32(value) if value.is_nan() => Err(ValueError::NotFinite { kind: "f32" }),
        Param::F64(value) if value.is_nan() => Err(ValueError::NotFinite { kind: "f64" }),
        Param::Date(date) => check_year(date, "date"),
        Param::DateTime(at) => check_year(at.date(), "datetime"),
        Param::Timestamp(at) => check_year(at.naive_utc().date(), "timestamp"),
        Param::Array(_) => Err(no_array()),
        _ => Ok(()),
    })
}

/// As [`check`], for the values of rows.
pub(crate) fn check_rows(rows: &RowValues) -> Result<(), ValueError> {
    let numbers = |series: &&Series| series.as_i32().is_some() || series.as_i64().is_some();
    rows.series().iter().filter(|series| !numbers(series)).try_for_each(|series| check(series.iter()))
}

fn no_array() -> ValueError {
    ValueError::Invalid("SQLite has no arrays".into())
}

fn check_year(date: NaiveDate, kind: &'static str) -> Result<(), ValueError> {
    match date.year() {
        0..=9999 => Ok(()),
        _ => Err(ValueError::OutOfRange { kind, target: "SQLite's dates (years 0000 to 9999)".into() }),
    }
}

/// Binds every parameter, of which there are `count`. SQLite makes the one copy that there is; texts written here live on the
/// stack.
pub(crate) fn bind<'v>(
    statement: &mut Statement<'_>,
    count: usize,
    params: impl Iterator<Item = Param<'v>>,
) -> rusqlite::Result<()> {
    let expected = statement.parameter_count();
    if expected != count {
        return Err(rusqlite::Error::InvalidParameterCount(count, expected));
    }
    // Not by `for`, which asks a chain of iterators anew for each value.
    params.enumerate().try_for_each(|(index, value)| bind_one(statement, index.saturating_add(1), value))
}

#[inline]
fn bind_one(statement: &mut Statement<'_>, index: usize, value: Param<'_>) -> rusqlite::Result<()> {
    let (mut short, decimal_text);
    let value = match value {
        Param::Null(_) => ValueRef::Null,
        Param::Bool(value) => ValueRef::Integer(i64::from(value)),
        Param::I16(value) => ValueRef::Integer(i64::from(value)),
        Param::I32(value) => ValueRef::Integer(i64::from(value)),
        Param::I64(value) | Param::Duration(value) => ValueRef::Integer(value),
        Param::U32(value) => ValueRef::Integer(i64::from(value)),
        // `check` has refused larger ones.
        Param::U64(value) => ValueRef::Integer(i64::try_from(value).unwrap_or(i64::MAX)),
        Param::F32(value) => ValueRef::Real(f64::from(value)),
        Param::F64(value) => ValueRef::Real(value),
        Param::Text(text) | Param::Json(text) => ValueRef::Text(text.as_bytes()),
        Param::Bytes(bytes) => ValueRef::Blob(bytes),
        Param::Uuid(ref uuid) => ValueRef::Blob(uuid.as_bytes()),
        Param::Decimal(decimal) => {
            decimal_text = DecimalText::of(&decimal);
            ValueRef::Text(decimal_text.as_bytes())
        }
        Param::Date(date) => {
            short = Short::new();
            short.date(date).value()
        }
        Param::Time(time) => {
            short = Short::new();
            short.time(time).value()
        }
        Param::DateTime(at) => {
            short = Short::new();
            short.datetime(at).value()
        }
        Param::Timestamp(at) => {
            short = Short::new();
            short.datetime(at.naive_utc()).value()
        }
        Param::Array(_) => return Err(rusqlite::Error::ToSqlConversionFailure(Box::new(no_array()))),
    };
    statement.raw_bind_parameter(index, Borrowed(value))
}

struct Borrowed<'a>(ValueRef<'a>);

impl ToSql for Borrowed<'_> {
    #[inline]
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0))
    }
}

/// A text on the stack; the longest has 32 bytes.
struct Short {
    bytes: [u8; 64],
    length: usize,
}

impl Short {
    fn new() -> Self {
        Short { bytes: [0; 64], length: 0 }
    }

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Text(self.bytes.get(..self.length).unwrap_or_default())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes.get(..self.length).unwrap_or_default()).into_owned()
    }

    fn push(&mut self, byte: u8) -> &mut Self {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length = self.length.saturating_add(1);
        }
        self
    }

    fn two(&mut self, number: u32) -> &mut Self {
        let digit = |number: u32| b'0'.saturating_add(u8::try_from(number % 10).unwrap_or(0));
        self.push(digit(number / 10)).push(digit(number))
    }

    fn date(&mut self, date: NaiveDate) -> &mut Self {
        let year = date.year().unsigned_abs();
        self.two(year / 100).two(year % 100).push(b'-').two(date.month()).push(b'-').two(date.day())
    }

    fn time(&mut self, time: NaiveTime) -> &mut Self {
        // A leap second is written as the last microsecond of its minute, as the field types do.
        let micros = time.nanosecond().min(999_999_999) / 1_000;
        self.two(time.hour()).push(b':').two(time.minute()).push(b':').two(time.second());
        if micros == 0 {
            // As CURRENT_TIMESTAMP and most programs write it: their whole seconds and ours are equal texts. It sorts
            // before every fraction of the same second, because it is the beginning of their texts.
            return self;
        }
        self.push(b'.').two(micros / 10_000).two(micros / 100 % 100).two(micros % 100)
    }

    fn datetime(&mut self, at: NaiveDateTime) -> &mut Self {
        self.date(at.date()).push(b' ').time(at.time())
    }
}

/// A date as it is bound; `None` beyond the years that can be.
pub(crate) fn date_text(date: NaiveDate) -> Option<String> {
    check_year(date, "date").ok()?;
    Some(Short::new().date(date).text())
}

/// A time of day as it is bound.
pub(crate) fn time_text(time: NaiveTime) -> String {
    Short::new().time(time).text()
}

/// A date with a time as it is bound; `None` beyond the years that can be.
pub(crate) fn datetime_text(at: NaiveDateTime) -> Option<String> {
    check_year(at.date(), "datetime").ok()?;
    Some(Short::new().datetime(at).text())
}

/// `YYYY-MM-DD`.
pub(crate) fn parse_date(text: &[u8]) -> Option<NaiveDate> {
    let (date, rest) = date(text)?;
    rest.is_empty().then_some(date)
}

/// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f…`.
pub(crate) fn parse_time(text: &[u8]) -> Option<NaiveTime> {
    let (time, rest) = time(text)?;
    rest.is_empty().then_some(time)
}

/// A date and perhaps a time; a zone only if it is UTC.
pub(crate) fn parse_datetime(text: &[u8]) -> Option<NaiveDateTime> {
    let (at, offset) = datetime(text)?;
    (offset == 0).then_some(at)
}

/// A date and perhaps a time and an offset; UTC without one.
pub(crate) fn parse_timestamp(text: &[u8]) -> Option<DateTime<Utc>> {
    let (at, offset) = datetime(text)?;
    at.checked_sub_signed(TimeDelta::try_minutes(offset)?).map(|at| at.and_utc())
}

fn datetime(text: &[u8]) -> Option<(NaiveDateTime, i64)> {
    let (date, rest) = date(text)?;
    let (time, zone) = match rest {
        [] => (NaiveTime::MIN, rest),
        [b' ' | b'T' | b't', rest @ ..] => time(rest)?,
        _ => return None,
    };
    Some((date.and_time(time), offset(zone)?))
}

fn date(text: &[u8]) -> Option<(NaiveDate, &[u8])> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = number(rest.strip_prefix(b"-")?, 2)?;
    Some((NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, rest))
}

fn time(text: &[u8]) -> Option<(NaiveTime, &[u8])> {
    let (hour, rest) = number(text, 2)?;
    let (minute, rest) = number(rest.strip_prefix(b":")?, 2)?;
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => number(rest, 2)?,
        None => (0, rest),
    };
    let (nanos, rest) = match rest.strip_prefix(b".") {
        Some(rest) => fraction(rest)?,
        None => (0, rest),
    };
    Some((NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?, rest))
}

/// Digits after the point as nanoseconds; finer ones only when they are zero.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let kept = length.min(9);
    let (value, rest) = number(text, kept)?;
    let (finer, rest) = rest.split_at_checked(length.checked_sub(kept)?)?;
    if kept == 0 || finer.iter().any(|digit| *digit != b'0') {
        return None;
    }
    let missing = u32::try_from(9_usize.checked_sub(kept)?).ok()?;
    Some((value.checked_mul(10_u32.checked_pow(missing)?)?, rest))
}

/// Minutes east of UTC.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, rest) = match text {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = number(rest, 2)?;
    let (minutes, rest) = match rest {
        [] => (0, rest),
        [b':', rest @ ..] => number(rest, 2)?,
        _ => number(rest, 2)?,
    };
    (rest.is_empty() && hours < 24 && minutes < 60)
        .then(|| sign * (i64::from(hours) * 60 + i64::from(minutes)))
}

/// A number of so many digits, at most nine, and what follows it.
fn number(text: &[u8], digits: usize) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(digits)?;
    let value = digits.iter().try_fold(0_u32, |number, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(u32::from(digit))
    })?;
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn text(short: &Short) -> String {
        match short.value() {
            ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn decimals_are_written_as_they_are_shown() {
        let numbers = [
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
            "0.0000000000000000000000000001",
            "1.8446744073709551615",
            "79228162514264337593543950335",
            "-7.9228162514264337593543950335",
        ];
        for number in numbers {
            let decimal: Decimal = number.parse().expect("a decimal");
            let connection = rusqlite::Connection::open_in_memory().expect("memory");
            let mut statement = connection.prepare("SELECT ?").expect("a statement");
            bind(&mut statement, 1, [Param::Decimal(decimal)].into_iter()).expect("a text");
            let bound = statement.raw_query().next().map(|row| row.map(|row| row.get::<_, String>(0)));
            assert_eq!(bound, Ok(Some(Ok(decimal.to_string()))));
        }
    }

    #[test]
    fn times_are_written_with_six_digits_or_none() {
        let at = NaiveDate::from_ymd_opt(7, 2, 3)
            .and_then(|date| date.and_hms_micro_opt(4, 5, 6, 7))
            .expect("a date");
        assert_eq!(text(Short::new().datetime(at)), "0007-02-03 04:05:06.000007");
        assert_eq!(parse_datetime(b"0007-02-03 04:05:06.000007"), Some(at));
        assert_eq!(text(Short::new().time(NaiveTime::MIN)), "00:00:00");
        let texts = [0, 1, 999_999, 1_000_000, 59_999_999, 60_000_000]
            .map(|micros: i64| text(Short::new().datetime(at + TimeDelta::microseconds(micros - 7))));
        assert!(texts.is_sorted(), "{texts:?}");
    }

    #[test]
    fn usual_forms_are_read_and_others_are_not() {
        let whole = |text: &str| parse_timestamp(text.as_bytes()).map(|at| at.to_rfc3339());
        for same in [
            "2024-02-29 12:30:00",
            "2024-02-29T12:30:00Z",
            "2024-02-29 12:30",
            "2024-02-29 14:30:00.000+02:00",
            "2024-02-29 07:00:00-0530",
        ] {
            assert_eq!(whole(same).as_deref(), Some("2024-02-29T12:30:00+00:00"), "{same}");
        }
        assert_eq!(
            whole("2024-02-29 00:00:00.1234567890").as_deref(),
            Some("2024-02-29T00:00:00.123456789+00:00")
        );
        for wrong in [
            "",
            "2024-02-30",
            "2024-2-3",
            "2024-02-29 24:00:00",
            "2024-02-29 12:30:60",
            "2024-02-29 12:30:00.",
            "2024-02-29 12:30:00.1234567891",
            "2024-02-29 12:30:00 UTC",
            "2024-02-29 12:30:00+99:00",
            "now",
            "-001-01-01",
        ] {
            assert_eq!(whole(wrong), None, "{wrong}");
        }
        assert_eq!(parse_datetime(b"2024-02-29 12:30:00+01:00"), None);
        assert_eq!(parse_date(b"2024-02-29 00:00:00"), None);
    }

    #[test]
    fn what_cannot_be_stored_is_said_before() {
        assert!(matches!(check([Param::U64(u64::MAX)]), Err(ValueError::OutOfRange { .. })));
        assert!(check([Param::U64(1 << 62), Param::F64(f64::INFINITY)]).is_ok());
        assert!(matches!(check([Param::F32(f32::NAN)]), Err(ValueError::NotFinite { .. })));
        assert!(matches!(check([Param::Date(NaiveDate::MAX)]), Err(ValueError::OutOfRange { .. })));
        assert!(matches!(
            check([Param::Timestamp(DateTime::<Utc>::MIN_UTC)]),
            Err(ValueError::OutOfRange { .. })
        ));
    }
}
