//! A driver's row, read by position.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::ValueError;

/// Typed getters by position over a driver's own row.
///
/// Each getter gives `None` for NULL, converts only where nothing is lost, and otherwise says what the column holds.
/// A position is read at most once: a driver may give its buffer away (that is why they take `&mut self`).
pub trait Row {
    /// How many columns there are.
    fn len(&self) -> usize;

    /// True for a row without columns.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the statement calls the column; `None` when there is no such position. Does not count as reading it.
    ///
    /// Only rows of the user's own SQL are matched by names, once for each statement.
    fn name(&self, at: usize) -> Option<Cow<'_, str>>;

    /// True when the column is NULL. Does not count as reading it.
    ///
    /// # Errors
    /// There is no such position.
    fn is_null(&self, at: usize) -> Result<bool, ValueError>;

    /// A boolean; a driver whose database has none accepts the integers 0 and 1.
    ///
    /// # Errors
    /// Another type.
    fn bool(&mut self, at: usize) -> Result<Option<bool>, ValueError>;

    /// Any integer column whose value fits.
    ///
    /// # Errors
    /// Another type, or out of range.
    fn i64(&mut self, at: usize) -> Result<Option<i64>, ValueError>;

    /// Any integer column whose value is not negative, also above `i64::MAX` where the database can.
    ///
    /// # Errors
    /// Another type, or out of range.
    fn u64(&mut self, at: usize) -> Result<Option<u64>, ValueError>;

    /// A single precision column. Double precision is accepted when the value is exactly representable.
    ///
    /// # Errors
    /// Another type, or out of range.
    fn f32(&mut self, at: usize) -> Result<Option<f32>, ValueError>;

    /// A floating point column of either precision.
    ///
    /// # Errors
    /// Another type.
    fn f64(&mut self, at: usize) -> Result<Option<f64>, ValueError>;

    /// Text, borrowed from the row.
    ///
    /// # Errors
    /// Another type, or not UTF-8.
    fn str(&mut self, at: usize) -> Result<Option<&str>, ValueError>;

    /// Text, owned.
    ///
    /// # Errors
    /// Another type, or not UTF-8.
    fn string(&mut self, at: usize) -> Result<Option<String>, ValueError> {
        Ok(self.str(at)?.map(str::to_owned))
    }

    /// Bytes, owned.
    ///
    /// # Errors
    /// Another type.
    fn bytes(&mut self, at: usize) -> Result<Option<Vec<u8>>, ValueError>;

    /// Bytes, shared where the driver can.
    ///
    /// # Errors
    /// Another type.
    fn shared_bytes(&mut self, at: usize) -> Result<Option<Bytes>, ValueError> {
        Ok(self.bytes(at)?.map(Bytes::from))
    }

    /// An exact decimal; integers are accepted.
    ///
    /// # Errors
    /// Another type, NaN, infinite, or more digits than [`Decimal`] holds.
    fn decimal(&mut self, at: usize) -> Result<Option<Decimal>, ValueError>;

    /// A UUID.
    ///
    /// # Errors
    /// Another type, or malformed.
    fn uuid(&mut self, at: usize) -> Result<Option<Uuid>, ValueError>;

    /// A JSON document's text.
    ///
    /// # Errors
    /// Another type.
    fn json(&mut self, at: usize) -> Result<Option<&str>, ValueError>;

    /// A date.
    ///
    /// # Errors
    /// Another type, infinite, or out of range.
    fn date(&mut self, at: usize) -> Result<Option<NaiveDate>, ValueError>;

    /// A time of day.
    ///
    /// # Errors
    /// Another type, or out of range (PostgreSQL's 24:00).
    fn time(&mut self, at: usize) -> Result<Option<NaiveTime>, ValueError>;

    /// A date and time without a zone.
    ///
    /// # Errors
    /// Another type, infinite, or out of range.
    fn datetime(&mut self, at: usize) -> Result<Option<NaiveDateTime>, ValueError>;

    /// An instant.
    ///
    /// # Errors
    /// Another type, infinite, or out of range.
    fn timestamp(&mut self, at: usize) -> Result<Option<DateTime<Utc>>, ValueError>;

    /// A length of time in microseconds.
    ///
    /// # Errors
    /// Another type, or not a fixed length (months).
    fn duration(&mut self, at: usize) -> Result<Option<i64>, ValueError>;
}
