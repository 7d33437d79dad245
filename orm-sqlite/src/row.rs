//! A row of a running statement, read by position.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::error::ValueError;
use rusqlite::types::ValueRef;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{decimal, types};

/// A row of SQLite: valid while a sink looks at it, on the thread that runs the statement.
pub struct Row<'r> {
    row: &'r rusqlite::Row<'r>,
    columns: usize,
}

type Read<T> = Result<Option<T>, ValueError>;

impl<'r> Row<'r> {
    #[inline]
    pub(crate) fn new(row: &'r rusqlite::Row<'r>, columns: usize) -> Self {
        Row { row, columns }
    }

    #[inline]
    fn at(&self, at: usize) -> Result<ValueRef<'_>, ValueError> {
        self.row.get_ref(at).map_err(|_| no_column(at))
    }

    #[inline]
    fn text(&self, at: usize, expected: &'static str) -> Read<&[u8]> {
        match self.at(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(text) => Ok(Some(text)),
            other => Err(wrong(expected, other)),
        }
    }

    fn parsed<T>(&self, at: usize, expected: &'static str, parse: fn(&[u8]) -> Option<T>) -> Read<T> {
        match self.text(at, expected)? {
            None => Ok(None),
            Some(text) => match parse(text) {
                Some(value) => Ok(Some(value)),
                None => Err(ValueError::WrongType { expected, found: "TEXT of another form".into() }),
            },
        }
    }
}

impl orm_core::value::Row for Row<'_> {
    #[inline]
    fn len(&self) -> usize {
        self.columns
    }

    fn name(&self, at: usize) -> Option<Cow<'_, str>> {
        self.row.as_ref().column_name(at).ok().map(Cow::Borrowed)
    }

    #[inline]
    fn is_null(&self, at: usize) -> Result<bool, ValueError> {
        Ok(matches!(self.at(at)?, ValueRef::Null))
    }

    #[inline]
    fn bool(&mut self, at: usize) -> Read<bool> {
        match self.at(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(0) => Ok(Some(false)),
            ValueRef::Integer(1) => Ok(Some(true)),
            ValueRef::Integer(_) => {
                Err(ValueError::WrongType { expected: "bool", found: "INTEGER other than 0 and 1".into() })
            }
            other => Err(wrong("bool", other)),
        }
    }

    #[inline]
    fn i64(&mut self, at: usize) -> Read<i64> {
        match self.at(at)? {
            ValueRef::Integer(value) => Ok(Some(value)),
            ValueRef::Null => Ok(None),
            other => Err(wrong("integer", other)),
        }
    }

    #[inline]
    fn u64(&mut self, at: usize) -> Read<u64> {
        match self.i64(at)? {
            None => Ok(None),
            Some(value) => match u64::try_from(value) {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(ValueError::OutOfRange { kind: "negative integer", target: "u64".into() }),
            },
        }
    }

    fn f32(&mut self, at: usize) -> Read<f32> {
        let Some(double) = self.f64(at)? else { return Ok(None) };
        #[expect(clippy::cast_possible_truncation, reason = "the next line refuses what was cut")]
        let single = double as f32;
        if f64::from(single).to_bits() == double.to_bits() || double.is_nan() {
            Ok(Some(single))
        } else {
            Err(ValueError::OutOfRange { kind: "double precision number", target: "f32".into() })
        }
    }

    #[inline]
    fn f64(&mut self, at: usize) -> Read<f64> {
        match self.at(at)? {
            ValueRef::Real(value) => Ok(Some(value)),
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => whole(value).map(Some),
            other => Err(wrong("floating point number", other)),
        }
    }

    #[inline]
    fn str(&mut self, at: usize) -> Read<&str> {
        match self.text(at, "text")? {
            None => Ok(None),
            Some(text) => std::str::from_utf8(text).map(Some).map_err(|_| ValueError::InvalidUtf8),
        }
    }

    fn bytes(&mut self, at: usize) -> Read<Vec<u8>> {
        match self.at(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes.to_vec())),
            other => Err(wrong("bytes", other)),
        }
    }

    fn decimal(&mut self, at: usize) -> Read<Decimal> {
        match self.at(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(Decimal::from(value))),
            ValueRef::Text(text) => decimal::parse(text).map(Some).map_err(|error| match error {
                decimal::Unreadable::Form => {
                    ValueError::WrongType { expected: "decimal", found: "TEXT that is no number".into() }
                }
                decimal::Unreadable::Digits => {
                    ValueError::OutOfRange { kind: "decimal", target: "Decimal".into() }
                }
            }),
            // What `NUMERIC(10, 2)` holds in a table that is not STRICT.
            ValueRef::Real(real) => decimal::from_real(real).map(Some).map_err(|_| ValueError::WrongType {
                expected: "decimal",
                found: "REAL with more digits than are certain (15)".into(),
            }),
            other @ ValueRef::Blob(_) => Err(wrong("decimal", other)),
        }
    }

    fn uuid(&mut self, at: usize) -> Read<Uuid> {
        let parsed = match self.at(at)? {
            ValueRef::Null => return Ok(None),
            ValueRef::Blob(bytes) => Uuid::from_slice(bytes).ok(),
            ValueRef::Text(text) => Uuid::try_parse_ascii(text).ok(),
            other => return Err(wrong("uuid", other)),
        };
        match parsed {
            Some(uuid) => Ok(Some(uuid)),
            None => Err(ValueError::WrongType { expected: "uuid", found: "content of another form".into() }),
        }
    }

    fn json(&mut self, at: usize) -> Read<&str> {
        match self.text(at, "json")? {
            None => Ok(None),
            Some(text) => std::str::from_utf8(text).map(Some).map_err(|_| ValueError::InvalidUtf8),
        }
    }

    fn date(&mut self, at: usize) -> Read<NaiveDate> {
        self.parsed(at, "date", types::parse_date)
    }

    fn time(&mut self, at: usize) -> Read<NaiveTime> {
        self.parsed(at, "time", types::parse_time)
    }

    fn datetime(&mut self, at: usize) -> Read<NaiveDateTime> {
        self.parsed(at, "datetime", types::parse_datetime)
    }

    fn timestamp(&mut self, at: usize) -> Read<DateTime<Utc>> {
        self.parsed(at, "timestamp", types::parse_timestamp)
    }

    fn duration(&mut self, at: usize) -> Read<i64> {
        match self.at(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            other => Err(wrong("duration", other)),
        }
    }
}

#[cold]
fn no_column(at: usize) -> ValueError {
    ValueError::Invalid(format!("the row has no column at position {at}").into())
}

#[cold]
fn wrong(expected: &'static str, found: ValueRef<'_>) -> ValueError {
    let found = match found {
        ValueRef::Null => "NULL",
        ValueRef::Integer(_) => "INTEGER",
        ValueRef::Real(_) => "REAL",
        ValueRef::Text(_) => "TEXT",
        ValueRef::Blob(_) => "BLOB",
    };
    ValueError::WrongType { expected, found: found.into() }
}

/// An integer as a double, if the double is that integer.
fn whole(value: i64) -> Result<f64, ValueError> {
    const EXACT: u64 = 1 << 53;
    if value.unsigned_abs() > EXACT {
        return Err(ValueError::OutOfRange { kind: "integer", target: "f64".into() });
    }
    #[expect(clippy::cast_precision_loss, reason = "within 53 bits nothing is lost")]
    let double = value as f64;
    Ok(double)
}
