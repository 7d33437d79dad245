//! Conversions between types that never guess: what is no number is refused, and nothing is cut off silently.

use chrono::{NaiveDate, NaiveDateTime};
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::math::shortest;
use super::{FLAGS, calculate, number, overflow, refused};
use crate::decimal;

pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_scalar_function(c"orm_to_int", 1, FLAGS, |context| to_int(context))?;
    connection.create_scalar_function(c"orm_text_to_int", 1, FLAGS, |context| text_to_int(context))?;
    connection.create_scalar_function(c"orm_to_float", 1, FLAGS, |context| to_float(context))?;
    connection.create_scalar_function(c"orm_to_dec", 1, FLAGS, |context| {
        Ok(number(context, 0)?.map(|decimal| decimal.to_string()))
    })?;
    connection.create_scalar_function(c"orm_to_dec", 3, FLAGS, |context| to_dec(context))?;
    connection.create_scalar_function(c"orm_dec_text", 1, FLAGS, |context| {
        Ok(number(context, 0)?.map(|decimal| decimal.normalize().to_string()))
    })?;
    connection.create_scalar_function(c"orm_to_date", 1, FLAGS, |context| to_date(context))?;
    connection.create_scalar_function(c"orm_to_datetime", 1, FLAGS, |context| to_datetime(context))
}

/// A number rounded half away from zero.
fn to_int(context: &Context<'_>) -> Result<Option<i64>> {
    let exact = match context.get_raw(0) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(value) => return Ok(Some(value)),
        ValueRef::Real(real) => shortest(real),
        _ => number(context, 0)?,
    };
    exact
        .map(|exact| exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
        .and_then(|whole| whole.to_i64())
        .map(Some)
        .ok_or_else(|| refused("integer out of range"))
}

/// The digits of an integer.
fn text_to_int(context: &Context<'_>) -> Result<Option<i64>> {
    let Some(text) = super::text(context, 0)? else { return Ok(None) };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_a_number());
    }
    text.parse().map(Some).map_err(|_| refused("integer out of range"))
}

/// A double; a text with the digits of one.
fn to_float(context: &Context<'_>) -> Result<Option<f64>> {
    match context.get_raw(0) {
        ValueRef::Null => Ok(None),
        #[expect(clippy::cast_precision_loss, reason = "it was asked for")]
        ValueRef::Integer(value) => Ok(Some(value as f64)),
        ValueRef::Real(value) => Ok(Some(value)),
        ValueRef::Text(text) => {
            // Not what Rust reads besides: `inf`, `nan`.
            let plain = |byte: &u8| matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E' | b'0'..=b'9');
            let value = std::str::from_utf8(text).ok().filter(|text| text.as_bytes().iter().all(plain));
            match value.and_then(|text| text.parse::<f64>().ok()) {
                Some(value) if value.is_finite() => Ok(Some(value)),
                Some(_) => Err(refused("number out of range")),
                None => Err(not_a_number()),
            }
        }
        ValueRef::Blob(_) => Err(not_a_number()),
    }
}

/// A decimal of so many digits and places.
fn to_dec(context: &Context<'_>) -> Result<Option<String>> {
    let value = match context.get_raw(0) {
        ValueRef::Null => return Ok(None),
        ValueRef::Real(real) => shortest(real).ok_or_else(overflow)?,
        ValueRef::Text(text) => rounded_text(text)?,
        _ => match number(context, 0)? {
            Some(value) => value,
            None => return Ok(None),
        },
    };
    calculate::fitted(value, context.get(1)?, context.get(2)?).map(|fitted| Some(fitted.to_string()))
}

fn rounded_text(text: &[u8]) -> Result<Decimal> {
    if text.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        return Err(not_a_number());
    }
    decimal::parse(text).map_err(|error| match error {
        decimal::Unreadable::Form => not_a_number(),
        decimal::Unreadable::Digits => overflow(),
    })
}

fn not_a_number() -> rusqlite::Error {
    refused("a text that is no number of this kind")
}

fn to_date(context: &Context<'_>) -> Result<Option<String>> {
    let Some(text) = super::text(context, 0)? else { return Ok(None) };
    let date = (text.len() == "2000-01-01".len()).then(|| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok());
    match date.flatten() {
        Some(date) => Ok(Some(date.to_string())),
        None => Err(refused("a text that is no date")),
    }
}

/// In the form in which the driver binds one.
fn to_datetime(context: &Context<'_>) -> Result<Option<String>> {
    let Some(text) = super::text(context, 0)? else { return Ok(None) };
    let plain = "2000-01-01 00:00:00".len();
    let at = (text.len() >= plain).then(|| NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f").ok());
    match at.flatten() {
        Some(at) if at.and_utc().timestamp_subsec_micros() == 0 => {
            Ok(Some(at.format("%Y-%m-%d %H:%M:%S").to_string()))
        }
        Some(at) => Ok(Some(at.format("%Y-%m-%d %H:%M:%S%.6f").to_string())),
        None => Err(refused("a text that is no date and time")),
    }
}
