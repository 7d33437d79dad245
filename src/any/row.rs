//! A row of whichever driver.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::error::ValueError;
use orm_core::value::Row;
use rust_decimal::Decimal;
use uuid::Uuid;

/// A row of whichever driver, lent by it. Each getter is one virtual call.
pub struct AnyRow<'r>(pub(super) &'r mut dyn Row);

macro_rules! forward {
    ($($name:ident -> $type:ty;)*) => {$(
        fn $name(&mut self, at: usize) -> Result<Option<$type>, ValueError> {
            self.0.$name(at)
        }
    )*};
}

impl Row for AnyRow<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn name(&self, at: usize) -> Option<Cow<'_, str>> {
        self.0.name(at)
    }

    fn is_null(&self, at: usize) -> Result<bool, ValueError> {
        self.0.is_null(at)
    }

    forward! {
        bool -> bool;
        i64 -> i64;
        u64 -> u64;
        f32 -> f32;
        f64 -> f64;
        str -> &str;
        string -> String;
        bytes -> Vec<u8>;
        shared_bytes -> Bytes;
        decimal -> Decimal;
        uuid -> Uuid;
        json -> &str;
        date -> NaiveDate;
        time -> NaiveTime;
        datetime -> NaiveDateTime;
        timestamp -> DateTime<Utc>;
        duration -> i64;
    }
}
