//! The `time` crate's types as field types (feature `time`).

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::{FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

fn beyond(kind: &'static str, target: &'static str) -> ValueError {
    ValueError::OutOfRange { kind, target: target.into() }
}

fn to_chrono_date(date: Date) -> Result<NaiveDate, ValueError> {
    NaiveDate::from_yo_opt(date.year(), u32::from(date.ordinal()))
        .ok_or_else(|| beyond("date", "chrono::NaiveDate"))
}

fn to_chrono_time(time: Time) -> Result<NaiveTime, ValueError> {
    let (hour, minute, second) = time.as_hms();
    NaiveTime::from_hms_micro_opt(hour.into(), minute.into(), second.into(), time.microsecond())
        .ok_or_else(|| beyond("time", "chrono::NaiveTime"))
}

fn from_chrono_date(date: NaiveDate) -> Result<Date, ValueError> {
    let month = u8::try_from(date.month()).ok().and_then(|month| Month::try_from(month).ok());
    let day = u8::try_from(date.day()).ok();
    match (month, day) {
        (Some(month), Some(day)) => {
            Date::from_calendar_date(date.year(), month, day).map_err(|_| beyond("date", "time::Date"))
        }
        _ => Err(beyond("date", "time::Date")),
    }
}

fn from_chrono_time(time: NaiveTime) -> Result<Time, ValueError> {
    let parts = (u8::try_from(time.hour()), u8::try_from(time.minute()), u8::try_from(time.second()));
    match parts {
        (Ok(hour), Ok(minute), Ok(second)) => Time::from_hms_nano(hour, minute, second, time.nanosecond())
            .map_err(|_| beyond("time", "time::Time")),
        _ => Err(beyond("time", "time::Time")),
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

impl FieldType for PrimitiveDateTime {
    const KIND: ValueKind = ValueKind::DateTime;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::DateTime(to_chrono_date(self.date())?.and_time(to_chrono_time(self.time())?)))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        match row.datetime(at)? {
            None => Ok(None),
            Some(at) => {
                Ok(Some(PrimitiveDateTime::new(from_chrono_date(at.date())?, from_chrono_time(at.time())?)))
            }
        }
    }
}

impl FieldType for OffsetDateTime {
    const KIND: ValueKind = ValueKind::Timestamp;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        let at = self.checked_to_offset(UtcOffset::UTC).ok_or_else(|| beyond("timestamp", "UTC"))?;
        Ok(Value::Timestamp(to_chrono_date(at.date())?.and_time(to_chrono_time(at.time())?).and_utc()))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        match row.timestamp(at)? {
            None => Ok(None),
            Some(at) => {
                let at = at.naive_utc();
                Ok(Some(
                    PrimitiveDateTime::new(from_chrono_date(at.date())?, from_chrono_time(at.time())?)
                        .assume_utc(),
                ))
            }
        }
    }
}

impl FieldType for Duration {
    const KIND: ValueKind = ValueKind::Duration;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        i64::try_from(self.whole_microseconds())
            .map(Value::Duration)
            .map_err(|_| beyond("duration", "64-bit microseconds"))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        Ok(row.duration(at)?.map(Duration::microseconds))
    }
}
