//! A row as tokio-postgres holds it, read by position straight from the wire's bytes.

use std::borrow::Cow;
use std::error::Error as StdError;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::error::ValueError;
use orm_core::value::Row;
use rust_decimal::Decimal;
use tokio_postgres::types::{FromSql, Kind, Type};
use uuid::Uuid;

use crate::numeric;
use crate::types::{DAY, EPOCH_DAYS};

/// A row that has just arrived.
pub struct PgRow<'r> {
    row: &'r tokio_postgres::Row,
}

impl<'r> PgRow<'r> {
    /// Wraps a row of tokio-postgres.
    pub fn new(row: &'r tokio_postgres::Row) -> Self {
        PgRow { row }
    }

    /// A column's type and bytes; `None` for NULL.
    #[inline]
    fn column(&self, at: usize) -> Result<Option<(&'r Type, &'r [u8])>, ValueError> {
        let Some(column) = self.row.columns().get(at) else { return Err(no_column(at)) };
        match self.row.try_get::<usize, Raw<'r>>(at) {
            Ok(Raw(raw)) => Ok(raw.map(|raw| (column.type_(), raw))),
            Err(_) => Err(no_column(at)),
        }
    }
}

/// Any column's bytes, unread.
struct Raw<'r>(Option<&'r [u8]>);

impl<'r> FromSql<'r> for Raw<'r> {
    #[inline]
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(Some(raw)))
    }

    #[inline]
    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(None))
    }

    #[inline]
    fn accepts(_: &Type) -> bool {
        true
    }
}

#[cold]
fn no_column(at: usize) -> ValueError {
    ValueError::Invalid(format!("the row has no column {at}").into())
}

#[cold]
fn wrong_type(expected: &'static str, found: &Type) -> ValueError {
    ValueError::WrongType { expected, found: Cow::Owned(found.name().to_owned()) }
}

#[cold]
fn malformed(ty: &Type) -> ValueError {
    ValueError::Invalid(format!("malformed {}", ty.name()).into())
}

#[cold]
fn out_of_range(kind: &'static str, target: &'static str) -> ValueError {
    ValueError::OutOfRange { kind, target: target.into() }
}

/// The bytes of a type with a fixed size.
#[inline]
fn fixed<const N: usize>(ty: &Type, raw: &[u8]) -> Result<[u8; N], ValueError> {
    raw.try_into().map_err(|_| malformed(ty))
}

#[inline]
fn text(raw: &[u8]) -> Result<&str, ValueError> {
    std::str::from_utf8(raw).map_err(|_| ValueError::InvalidUtf8)
}

/// Below a domain is the type it is made of.
fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}

fn integer(ty: &Type, raw: &[u8]) -> Result<i64, ValueError> {
    match *base(ty) {
        Type::INT2 => Ok(i16::from_be_bytes(fixed(ty, raw)?).into()),
        Type::INT4 => Ok(i32::from_be_bytes(fixed(ty, raw)?).into()),
        Type::INT8 => Ok(i64::from_be_bytes(fixed(ty, raw)?)),
        Type::OID => Ok(u32::from_be_bytes(fixed(ty, raw)?).into()),
        _ => Err(wrong_type("an integer", ty)),
    }
}

/// A numeric without a fraction, as `sum(bigint)` gives.
fn whole<T: TryFrom<i128>>(raw: &[u8], target: &'static str) -> Result<T, ValueError> {
    numeric::to_integer(raw)?
        .and_then(|value| T::try_from(value).ok())
        .ok_or_else(|| out_of_range("numeric", target))
}

fn is_text(ty: &Type) -> bool {
    match *ty {
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => true,
        _ => match ty.kind() {
            Kind::Enum(_) => true,
            Kind::Domain(inner) => is_text(inner),
            _ => ty.name() == "citext",
        },
    }
}

/// The date `days` after PostgreSQL's day zero.
fn date(days: i64) -> Option<NaiveDate> {
    let days = days.checked_add(i64::from(EPOCH_DAYS))?;
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(days).ok()?)
}

fn time(micros: i64) -> Option<NaiveTime> {
    let seconds = u32::try_from(micros.div_euclid(1_000_000)).ok()?;
    let rest = u32::try_from(micros.rem_euclid(1_000_000)).ok()?;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, rest * 1_000)
}

fn instant(kind: &'static str, ty: &Type, raw: &[u8]) -> Result<NaiveDateTime, ValueError> {
    let micros = i64::from_be_bytes(fixed(ty, raw)?);
    if micros == i64::MAX || micros == i64::MIN {
        return Err(ValueError::NotFinite { kind });
    }
    let date = date(micros.div_euclid(DAY)).ok_or_else(|| out_of_range(kind, "chrono's calendar"))?;
    let time = time(micros.rem_euclid(DAY)).ok_or_else(|| malformed(ty))?;
    Ok(NaiveDateTime::new(date, time))
}

impl Row for PgRow<'_> {
    fn len(&self) -> usize {
        self.row.len()
    }

    fn name(&self, at: usize) -> Option<Cow<'_, str>> {
        self.row.columns().get(at).map(|column| Cow::Borrowed(column.name()))
    }

    fn is_null(&self, at: usize) -> Result<bool, ValueError> {
        Ok(self.column(at)?.is_none())
    }

    #[inline]
    fn bool(&mut self, at: usize) -> Result<Option<bool>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) != Type::BOOL {
            return Err(wrong_type("a boolean", ty));
        }
        let [byte] = fixed(ty, raw)?;
        Ok(Some(byte != 0))
    }

    #[inline]
    fn i64(&mut self, at: usize) -> Result<Option<i64>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        match *ty {
            Type::INT8 => Ok(Some(i64::from_be_bytes(fixed(ty, raw)?))),
            Type::INT4 => Ok(Some(i32::from_be_bytes(fixed(ty, raw)?).into())),
            Type::NUMERIC => whole(raw, "i64").map(Some),
            _ => integer(ty, raw).map(Some),
        }
    }

    fn u64(&mut self, at: usize) -> Result<Option<u64>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *ty == Type::NUMERIC {
            return whole(raw, "u64").map(Some);
        }
        u64::try_from(integer(ty, raw)?).map(Some).map_err(|_| out_of_range("negative integer", "u64"))
    }

    fn f32(&mut self, at: usize) -> Result<Option<f32>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        match *base(ty) {
            Type::FLOAT4 => Ok(Some(f32::from_be_bytes(fixed(ty, raw)?))),
            Type::FLOAT8 => {
                let wide = f64::from_be_bytes(fixed(ty, raw)?);
                // Rounds; the comparison finds out whether anything was lost.
                #[expect(clippy::cast_possible_truncation)]
                let narrow = wide as f32;
                if f64::from(narrow).to_bits() == wide.to_bits() || wide.is_nan() {
                    Ok(Some(narrow))
                } else {
                    Err(out_of_range("double precision", "f32"))
                }
            }
            _ => Err(wrong_type("a floating point number", ty)),
        }
    }

    #[inline]
    fn f64(&mut self, at: usize) -> Result<Option<f64>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        match *base(ty) {
            Type::FLOAT8 => Ok(Some(f64::from_be_bytes(fixed(ty, raw)?))),
            Type::FLOAT4 => Ok(Some(f32::from_be_bytes(fixed(ty, raw)?).into())),
            _ => Err(wrong_type("a floating point number", ty)),
        }
    }

    #[inline]
    fn str(&mut self, at: usize) -> Result<Option<&str>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if is_text(ty) { text(raw).map(Some) } else { Err(wrong_type("text", ty)) }
    }

    fn bytes(&mut self, at: usize) -> Result<Option<Vec<u8>>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) == Type::BYTEA { Ok(Some(raw.to_vec())) } else { Err(wrong_type("bytes", ty)) }
    }

    fn shared_bytes(&mut self, at: usize) -> Result<Option<Bytes>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) == Type::BYTEA {
            Ok(Some(Bytes::copy_from_slice(raw)))
        } else {
            Err(wrong_type("bytes", ty))
        }
    }

    #[inline]
    fn decimal(&mut self, at: usize) -> Result<Option<Decimal>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        match *base(ty) {
            Type::NUMERIC => numeric::to_decimal(raw).map(Some),
            Type::INT2 | Type::INT4 | Type::INT8 => Ok(Some(Decimal::from(integer(ty, raw)?))),
            _ => Err(wrong_type("a decimal number", ty)),
        }
    }

    #[inline]
    fn uuid(&mut self, at: usize) -> Result<Option<Uuid>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) != Type::UUID {
            return Err(wrong_type("a UUID", ty));
        }
        Ok(Some(Uuid::from_bytes(fixed(ty, raw)?)))
    }

    fn json(&mut self, at: usize) -> Result<Option<&str>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        match *base(ty) {
            // The first byte is the version of jsonb's wire format.
            Type::JSONB => match raw.split_first() {
                Some((1, document)) => text(document).map(Some),
                _ => Err(malformed(ty)),
            },
            Type::JSON => text(raw).map(Some),
            _ if is_text(ty) => text(raw).map(Some),
            _ => Err(wrong_type("a JSON document", ty)),
        }
    }

    fn date(&mut self, at: usize) -> Result<Option<NaiveDate>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) != Type::DATE {
            return Err(wrong_type("a date", ty));
        }
        let days = i32::from_be_bytes(fixed(ty, raw)?);
        if days == i32::MAX || days == i32::MIN {
            return Err(ValueError::NotFinite { kind: "date" });
        }
        date(days.into()).map(Some).ok_or_else(|| out_of_range("date", "chrono's calendar"))
    }

    fn time(&mut self, at: usize) -> Result<Option<NaiveTime>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) != Type::TIME {
            return Err(wrong_type("a time of day", ty));
        }
        // PostgreSQL has 24:00:00, which is no time of a day.
        time(i64::from_be_bytes(fixed(ty, raw)?))
            .map(Some)
            .ok_or_else(|| out_of_range("time", "chrono's time of day"))
    }

    fn datetime(&mut self, at: usize) -> Result<Option<NaiveDateTime>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) != Type::TIMESTAMP {
            return Err(wrong_type("a date and time without a zone", ty));
        }
        instant("datetime", ty, raw).map(Some)
    }

    #[inline]
    fn timestamp(&mut self, at: usize) -> Result<Option<DateTime<Utc>>, ValueError> {
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) != Type::TIMESTAMPTZ {
            return Err(wrong_type("an instant", ty));
        }
        instant("timestamp", ty, raw).map(|at| Some(at.and_utc()))
    }

    fn duration(&mut self, at: usize) -> Result<Option<i64>, ValueError> {
        const DAYS: std::ops::Range<usize> = 8..12;
        let Some((ty, raw)) = self.column(at)? else { return Ok(None) };
        if *base(ty) != Type::INTERVAL {
            return Err(wrong_type("an interval", ty));
        }
        let raw: [u8; 16] = fixed(ty, raw)?;
        let part = |range| raw.get::<std::ops::Range<usize>>(range).unwrap_or_default();
        let micros = i64::from_be_bytes(fixed(ty, part(0..8))?);
        let days = i32::from_be_bytes(fixed(ty, part(DAYS))?);
        let months = i32::from_be_bytes(fixed(ty, part(12..16))?);
        // Since PostgreSQL 17 an interval can be infinite, written as all extremes.
        let extremes = [(i64::MAX, i32::MAX, i32::MAX), (i64::MIN, i32::MIN, i32::MIN)];
        if extremes.contains(&(micros, days, months)) {
            return Err(ValueError::NotFinite { kind: "interval" });
        }
        if months != 0 {
            return Err(ValueError::Invalid("an interval with months has no fixed length".into()));
        }
        i64::from(days)
            .checked_mul(DAY)
            .and_then(|days| days.checked_add(micros))
            .map(Some)
            .ok_or_else(|| out_of_range("interval", "64-bit microseconds"))
    }
}
