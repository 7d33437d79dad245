//! chrono's dates, times, instants and durations, and `std::time::Duration`, as field types.
//!
//! Everything is kept to the microsecond; a finer value is cut, as every database would do on its own,
//! so that what was written equals what is read on all of them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::{FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

fn cut_time(time: NaiveTime) -> NaiveTime {
    // chrono writes a leap second as nanoseconds beyond 1_000_000_000: no database has one, so it becomes the last
    // microsecond of the minute rather than a silent jump to the next.
    let nanos = time.nanosecond().min(999_999_999);
    time.with_nanosecond(nanos - nanos % 1_000).unwrap_or(time)
}

fn cut(at: NaiveDateTime) -> NaiveDateTime {
    NaiveDateTime::new(at.date(), cut_time(at.time()))
}

impl FieldType for NaiveDate {
    const KIND: ValueKind = ValueKind::Date;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Date(*self))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.date(at)
    }
}

impl FieldType for NaiveTime {
    const KIND: ValueKind = ValueKind::Time;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Time(cut_time(*self)))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.time(at)
    }
}

impl FieldType for NaiveDateTime {
    const KIND: ValueKind = ValueKind::DateTime;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::DateTime(cut(*self)))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.datetime(at)
    }
}

impl FieldType for DateTime<Utc> {
    const KIND: ValueKind = ValueKind::Timestamp;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Timestamp(cut(self.naive_utc()).and_utc()))
    }

    #[inline]
    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.timestamp(at)
    }
}

impl FieldType for TimeDelta {
    const KIND: ValueKind = ValueKind::Duration;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        self.num_microseconds().map(Value::Duration).ok_or_else(duration_out_of_range)
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        Ok(row.duration(at)?.map(TimeDelta::microseconds))
    }
}

impl FieldType for std::time::Duration {
    const KIND: ValueKind = ValueKind::Duration;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        i64::try_from(self.as_micros()).map(Value::Duration).map_err(|_| duration_out_of_range())
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        match row.duration(at)? {
            None => Ok(None),
            Some(micros) => u64::try_from(micros)
                .map(|micros| Some(std::time::Duration::from_micros(micros)))
                .map_err(|_| ValueError::OutOfRange {
                    kind: "negative duration",
                    target: "std::time::Duration".into(),
                }),
        }
    }
}

fn duration_out_of_range() -> ValueError {
    ValueError::OutOfRange { kind: "duration", target: "64-bit microseconds".into() }
}
