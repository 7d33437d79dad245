//! The `jiff` crate's types as field types (feature `jiff`).

use chrono::{DateTime as ChronoDateTime, Datelike, NaiveDate, NaiveTime, Timelike};
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};

use super::{FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

fn beyond(kind: &'static str, target: &'static str) -> ValueError {
    ValueError::OutOfRange { kind, target: target.into() }
}

fn to_chrono_date(date: Date) -> Result<NaiveDate, ValueError> {
    u32::try_from(date.day_of_year())
        .ok()
        .and_then(|day| NaiveDate::from_yo_opt(date.year().into(), day))
        .ok_or_else(|| beyond("date", "chrono::NaiveDate"))
}

fn to_chrono_time(time: Time) -> Result<NaiveTime, ValueError> {
    let parts = (u32::try_from(time.hour()), u32::try_from(time.minute()), u32::try_from(time.second()));
    match (parts, u32::try_from(time.subsec_nanosecond())) {
        ((Ok(hour), Ok(minute), Ok(second)), Ok(nanos)) => {
            NaiveTime::from_hms_micro_opt(hour, minute, second, nanos / 1_000)
        }
        _ => None,
    }
    .ok_or_else(|| beyond("time", "chrono::NaiveTime"))
}

fn from_chrono_date(date: NaiveDate) -> Result<Date, ValueError> {
    match (i16::try_from(date.year()), i8::try_from(date.month()), i8::try_from(date.day())) {
        (Ok(year), Ok(month), Ok(day)) => {
            Date::new(year, month, day).map_err(|_| beyond("date", "jiff::civil::Date"))
        }
        _ => Err(beyond("date", "jiff::civil::Date")),
    }
}

fn from_chrono_time(time: NaiveTime) -> Result<Time, ValueError> {
    let parts = (i8::try_from(time.hour()), i8::try_from(time.minute()), i8::try_from(time.second()));
    match (parts, i32::try_from(time.nanosecond())) {
        ((Ok(hour), Ok(minute), Ok(second)), Ok(nanos)) => {
            Time::new(hour, minute, second, nanos).map_err(|_| beyond("time", "jiff::civil::Time"))
        }
        _ => Err(beyond("time", "jiff::civil::Time")),
    }
}

impl FieldType for Date {
    const KIND: ValueKind = ValueKind::Date;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        to_chrono_date(*self).map(Value::Date)
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.date(at)?.map(from_chrono_date).transpose()
    }
}

impl FieldType for Time {
    const KIND: ValueKind = ValueKind::Time;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        to_chrono_time(*self).map(Value::Time)
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.time(at)?.map(from_chrono_time).transpose()
    }
}

impl FieldType for DateTime {
    const KIND: ValueKind = ValueKind::DateTime;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::DateTime(to_chrono_date(self.date())?.and_time(to_chrono_time(self.time())?)))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        match row.datetime(at)? {
            None => Ok(None),
            Some(at) => {
                Ok(Some(DateTime::from_parts(from_chrono_date(at.date())?, from_chrono_time(at.time())?)))
            }
        }
    }
}

impl FieldType for Timestamp {
    const KIND: ValueKind = ValueKind::Timestamp;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        // Floor, not towards zero, so that instants before 1970 are cut the same way as later ones.
        ChronoDateTime::from_timestamp_micros(
            self.as_nanosecond()
                .div_euclid(1_000)
                .try_into()
                .map_err(|_| beyond("timestamp", "64-bit microseconds"))?,
        )
        .map(Value::Timestamp)
        .ok_or_else(|| beyond("timestamp", "chrono::DateTime"))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        match row.timestamp(at)? {
            None => Ok(None),
            // Not by microseconds alone: their range ends before the last second does.
            Some(at) => i32::try_from(at.timestamp_subsec_nanos())
                .ok()
                .and_then(|nanos| Timestamp::new(at.timestamp(), nanos).ok())
                .map(Some)
                .ok_or_else(|| beyond("timestamp", "jiff::Timestamp")),
        }
    }
}

impl FieldType for SignedDuration {
    const KIND: ValueKind = ValueKind::Duration;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        i64::try_from(self.as_micros())
            .map(Value::Duration)
            .map_err(|_| beyond("duration", "64-bit microseconds"))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        Ok(row.duration(at)?.map(SignedDuration::from_micros))
    }
}
