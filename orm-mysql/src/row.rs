//! A row of the binary protocol, read by position; text and bytes are taken out of it, not copied.

mod column;

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use mysql_async::{Column, Value as Cell};
use orm_core::error::ValueError;
use orm_core::value::Row;
use rust_decimal::Decimal;
use uuid::Uuid;

use column::Family;
pub(crate) use column::are_readable;

/// A row as it came from MySQL or MariaDB.
pub struct MySqlRow {
    row: mysql_async::Row,
}

impl MySqlRow {
    pub(crate) fn new(row: mysql_async::Row) -> Self {
        MySqlRow { row }
    }

    #[inline]
    fn cell(&self, at: usize) -> Result<&Cell, ValueError> {
        self.row.as_ref(at).ok_or_else(|| self.unreadable(at))
    }

    /// The cell's bytes, given away; `None` when it holds none.
    fn take_bytes(&mut self, at: usize) -> Option<Vec<u8>> {
        match self.row.take::<Cell, usize>(at) {
            Some(Cell::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    fn column(&self, at: usize) -> Option<&Column> {
        self.row.columns_ref().get(at)
    }

    #[cold]
    fn unreadable(&self, at: usize) -> ValueError {
        let why = if at < self.row.len() { "has been read before" } else { "does not exist" };
        ValueError::Invalid(format!("column {at} {why}").into())
    }

    #[cold]
    fn wrong(&self, at: usize, expected: &'static str) -> ValueError {
        let found = self.column(at).map_or("nothing".into(), column::type_name);
        ValueError::WrongType { expected, found }
    }

    /// The bytes of a text cell, or an error when the column is not text.
    #[inline]
    fn text_bytes(&self, at: usize, expected: &'static str) -> Result<Option<&[u8]>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Bytes(bytes) if self.column(at).is_some_and(column::may_be_text) => Ok(Some(bytes)),
            _ => Err(self.wrong(at, expected)),
        }
    }

    fn integer<T>(&self, at: usize, expected: &'static str) -> Result<Option<T>, ValueError>
    where
        T: TryFrom<i64> + TryFrom<u64> + std::str::FromStr,
    {
        let value = match self.cell(at)? {
            Cell::NULL => return Ok(None),
            Cell::Int(value) => T::try_from(*value).ok(),
            Cell::UInt(value) => T::try_from(*value).ok(),
            // Sums of integers are decimals, and what is calculated with them may have decimal places.
            Cell::Bytes(digits) if self.column(at).is_some_and(column::is_decimal) => {
                match whole_part(digits) {
                    Some(whole) => whole.parse().ok(),
                    None => return Err(self.wrong(at, expected)),
                }
            }
            _ => return Err(self.wrong(at, expected)),
        };
        value.map(Some).ok_or_else(|| ValueError::OutOfRange { kind: "integer", target: expected.into() })
    }

    fn date_time(&self, at: usize, expected: &'static str) -> Result<Option<NaiveDateTime>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Date(year, month, day, hour, minute, second, micros)
                if self.column(at).is_some_and(|column| column::family(column) == Family::DateTime) =>
            {
                let time = NaiveTime::from_hms_micro_opt(
                    (*hour).into(),
                    (*minute).into(),
                    (*second).into(),
                    *micros,
                );
                match (calendar_date(*year, *month, *day)?, time) {
                    (date, Some(time)) => Ok(Some(date.and_time(time))),
                    (_, None) => Err(ValueError::OutOfRange { kind: "time", target: "24 hours".into() }),
                }
            }
            _ => Err(self.wrong(at, expected)),
        }
    }
}

/// The digits before the point, when there are none but zeros behind it.
fn whole_part(digits: &[u8]) -> Option<&str> {
    let digits = std::str::from_utf8(digits).ok()?;
    match digits.split_once('.') {
        None => Some(digits),
        Some((whole, fraction)) => fraction.bytes().all(|digit| digit == b'0').then_some(whole),
    }
}

impl Row for MySqlRow {
    #[inline]
    fn len(&self) -> usize {
        self.row.len()
    }

    fn name(&self, at: usize) -> Option<Cow<'_, str>> {
        Some(self.column(at)?.name_str())
    }

    #[inline]
    fn is_null(&self, at: usize) -> Result<bool, ValueError> {
        Ok(*self.cell(at)? == Cell::NULL)
    }

    #[inline]
    fn bool(&mut self, at: usize) -> Result<Option<bool>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Int(0) | Cell::UInt(0) => Ok(Some(false)),
            Cell::Int(1) | Cell::UInt(1) => Ok(Some(true)),
            Cell::Int(_) | Cell::UInt(_) => {
                Err(ValueError::OutOfRange { kind: "integer", target: "bool".into() })
            }
            _ => Err(self.wrong(at, "bool")),
        }
    }

    #[inline]
    fn i64(&mut self, at: usize) -> Result<Option<i64>, ValueError> {
        self.integer(at, "i64")
    }

    #[inline]
    fn u64(&mut self, at: usize) -> Result<Option<u64>, ValueError> {
        self.integer(at, "u64")
    }

    #[inline]
    fn f32(&mut self, at: usize) -> Result<Option<f32>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Float(value) => Ok(Some(*value)),
            Cell::Double(value) => match narrow(*value) {
                Some(value) => Ok(Some(value)),
                None => Err(ValueError::OutOfRange { kind: "f64", target: "f32".into() }),
            },
            _ => Err(self.wrong(at, "f32")),
        }
    }

    #[inline]
    fn f64(&mut self, at: usize) -> Result<Option<f64>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Float(value) => Ok(Some(f64::from(*value))),
            Cell::Double(value) => Ok(Some(*value)),
            _ => Err(self.wrong(at, "f64")),
        }
    }

    #[inline]
    fn str(&mut self, at: usize) -> Result<Option<&str>, ValueError> {
        match self.text_bytes(at, "text")? {
            None => Ok(None),
            Some(bytes) => std::str::from_utf8(bytes).map(Some).map_err(|_| ValueError::InvalidUtf8),
        }
    }

    #[inline]
    fn string(&mut self, at: usize) -> Result<Option<String>, ValueError> {
        if self.text_bytes(at, "text")?.is_none() {
            return Ok(None);
        }
        self.take_bytes(at).map(String::from_utf8).transpose().map_err(|_| ValueError::InvalidUtf8)
    }

    #[inline]
    fn bytes(&mut self, at: usize) -> Result<Option<Vec<u8>>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Bytes(_) if self.column(at).is_some_and(column::may_be_bytes) => Ok(self.take_bytes(at)),
            _ => Err(self.wrong(at, "bytes")),
        }
    }

    fn decimal(&mut self, at: usize) -> Result<Option<Decimal>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Int(value) => Ok(Some(Decimal::from(*value))),
            Cell::UInt(value) => Ok(Some(Decimal::from(*value))),
            Cell::Bytes(digits)
                if self.column(at).is_some_and(|column| column::family(column) == Family::Decimal) =>
            {
                decimal_from_digits(digits).map(Some)
            }
            _ => Err(self.wrong(at, "decimal")),
        }
    }

    fn uuid(&mut self, at: usize) -> Result<Option<Uuid>, ValueError> {
        let family = self.column(at).map(column::family);
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Bytes(bytes) if matches!(family, Some(Family::Text | Family::Bytes)) => {
                // 16 bytes of `binary(16)`; 32 or 36 characters of text or of MariaDB's `uuid`.
                match <[u8; 16]>::try_from(bytes.as_slice()) {
                    Ok(bytes) => Ok(Some(Uuid::from_bytes(bytes))),
                    Err(_) if matches!(bytes.len(), 32 | 36) => Uuid::try_parse_ascii(bytes)
                        .map(Some)
                        .map_err(|_| ValueError::Invalid("the column's text is not a UUID".into())),
                    Err(_) => {
                        Err(ValueError::Invalid("the column's content has not the length of a UUID".into()))
                    }
                }
            }
            _ => Err(self.wrong(at, "uuid")),
        }
    }

    #[inline]
    fn json(&mut self, at: usize) -> Result<Option<&str>, ValueError> {
        match self.text_bytes(at, "json")? {
            None => Ok(None),
            Some(bytes) => std::str::from_utf8(bytes).map(Some).map_err(|_| ValueError::InvalidUtf8),
        }
    }

    fn date(&mut self, at: usize) -> Result<Option<NaiveDate>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Date(year, month, day, ..)
                if self.column(at).is_some_and(|column| column::family(column) == Family::Date) =>
            {
                calendar_date(*year, *month, *day).map(Some)
            }
            // A date that went through an expression with a parameter is a datetime at midnight: dates are bound so.
            Cell::Date(year, month, day, 0, 0, 0, 0)
                if self.column(at).is_some_and(column::is_expression) =>
            {
                calendar_date(*year, *month, *day).map(Some)
            }
            _ => Err(self.wrong(at, "date")),
        }
    }

    fn time(&mut self, at: usize) -> Result<Option<NaiveTime>, ValueError> {
        match self.cell(at)? {
            Cell::NULL => Ok(None),
            Cell::Time(negative, days, hour, minute, second, micros) => {
                let time = NaiveTime::from_hms_micro_opt(
                    (*hour).into(),
                    (*minute).into(),
                    (*second).into(),
                    *micros,
                );
                time.filter(|_| !negative && *days == 0)
                    .map(Some)
                    .ok_or_else(|| ValueError::OutOfRange { kind: "time", target: "a time of day".into() })
            }
            _ => Err(self.wrong(at, "time")),
        }
    }

    #[inline]
    fn datetime(&mut self, at: usize) -> Result<Option<NaiveDateTime>, ValueError> {
        self.date_time(at, "datetime")
    }

    #[inline]
    fn timestamp(&mut self, at: usize) -> Result<Option<DateTime<Utc>>, ValueError> {
        // The session lives in UTC, so both `datetime` and `timestamp` columns hold UTC here.
        Ok(self.date_time(at, "timestamp")?.map(|at| at.and_utc()))
    }

    fn duration(&mut self, at: usize) -> Result<Option<i64>, ValueError> {
        match self.cell(at)? {
            // What TIMEDIFF gives.
            Cell::Time(negative, days, hours, minutes, seconds, micros) => {
                let hours = i64::from(*days) * 24 + i64::from(*hours);
                let seconds = (hours * 60 + i64::from(*minutes)) * 60 + i64::from(*seconds);
                let micros = seconds * 1_000_000 + i64::from(*micros);
                Ok(Some(if *negative { -micros } else { micros }))
            }
            _ => self.integer(at, "duration"),
        }
    }
}

fn calendar_date(year: u16, month: u8, day: u8) -> Result<NaiveDate, ValueError> {
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
        .filter(|_| year > 0)
        .ok_or_else(|| ValueError::OutOfRange { kind: "zero or partial date", target: "the calendar".into() })
}

fn decimal_from_digits(digits: &[u8]) -> Result<Decimal, ValueError> {
    let beyond = || ValueError::OutOfRange { kind: "decimal", target: "96-bit Decimal".into() };
    let digits = std::str::from_utf8(digits).map_err(|_| ValueError::InvalidUtf8)?;
    Decimal::from_str_exact(digits)
        .or_else(|error| {
            // A column of more decimal places than Decimal has holds values that fit once their last zeros are gone.
            match digits.split_once('.') {
                Some((whole, fraction)) => {
                    let fraction = fraction.trim_end_matches('0');
                    let point = if fraction.is_empty() { "" } else { "." };
                    Decimal::from_str_exact(&format!("{whole}{point}{fraction}"))
                }
                None => Err(error),
            }
        })
        .map_err(|_| beyond())
}

/// The same number in single precision, if it has one.
#[allow(clippy::cast_possible_truncation, clippy::float_cmp)] // Narrowed to see whether that changes it.
fn narrow(value: f64) -> Option<f32> {
    let narrowed = value as f32;
    (f64::from(narrowed) == value).then_some(narrowed)
}

impl std::fmt::Debug for MySqlRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never its content.
        write!(f, "MySqlRow({} columns)", self.row.len())
    }
}
