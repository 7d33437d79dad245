//! Exact arithmetic on decimals, and the check that an integer stayed one.

use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{FLAGS, number, overflow, refused};
use crate::decimal;

pub(super) fn register(connection: &Connection) -> Result<()> {
    type Operation = fn(Decimal, Decimal) -> Option<Option<Decimal>>;
    let operations: [(_, Operation); 5] = [
        (c"orm_dec_add", |left, right| decimal::add(left, right).map(Some)),
        (c"orm_dec_sub", |left, right| decimal::subtract(left, right).map(Some)),
        (c"orm_dec_mul", |left, right| decimal::multiply(left, right).map(Some)),
        (
            c"orm_dec_div",
            |left, right| if right.is_zero() { Some(None) } else { decimal::divide(left, right).map(Some) },
        ),
        (
            c"orm_dec_mod",
            |left, right| if right.is_zero() { Some(None) } else { left.checked_rem(right).map(Some) },
        ),
    ];
    for (name, operation) in operations {
        connection.create_scalar_function(name, 2, FLAGS, move |context| calculate(context, operation))?;
    }
    connection.create_scalar_function(c"orm_dec_round", 2, FLAGS, |context| round(context))?;
    connection.create_scalar_function(c"orm_dec_fit", 3, FLAGS, |context| fit(context))?;
    connection.create_scalar_function(c"orm_int", 1, FLAGS, |context| integer(context))?;
    connection.create_scalar_function(c"orm_f32", 1, FLAGS, |context| single(context))
}

fn calculate(
    context: &Context<'_>,
    operation: impl Fn(Decimal, Decimal) -> Option<Option<Decimal>>,
) -> Result<Option<String>> {
    let (Some(left), Some(right)) = (number(context, 0)?, number(context, 1)?) else { return Ok(None) };
    match operation(left, right) {
        Some(result) => Ok(result.map(|result| result.to_string())),
        None => Err(overflow()),
    }
}

/// Rounded half away from zero to so many places, which can be negative.
fn round(context: &Context<'_>) -> Result<Option<String>> {
    let Some(value) = number(context, 0)? else { return Ok(None) };
    let places: i32 = context.get(1)?;
    Ok(Some(decimal::round(value, places).ok_or_else(overflow)?.to_string()))
}

/// A number as a column of so many digits and places holds it: rounded half away from zero, refused if too large.
fn fit(context: &Context<'_>) -> Result<Option<String>> {
    let Some(value) = number(context, 0)? else { return Ok(None) };
    let (digits, places): (u32, u32) = (context.get(1)?, context.get(2)?);
    fitted(value, digits, places).map(|fitted| Some(fitted.to_string()))
}

pub(super) fn fitted(value: Decimal, digits: u32, places: u32) -> Result<Decimal> {
    let mut rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    // A limit beyond what a decimal holds limits nothing; `Decimal::from` would panic on it.
    let limit = 10_i128.checked_pow(digits.saturating_sub(places));
    let limit = limit.and_then(|limit| Decimal::try_from_i128_with_scale(limit, 0).ok());
    if limit.is_some_and(|limit| rounded.abs() >= limit) {
        return Err(refused("decimal: more digits than the column's"));
    }
    rounded.rescale(places);
    Ok(rounded)
}

/// An integer that went through arithmetic: beyond 64 bits SQLite goes on with a REAL, which has lost digits.
fn integer(context: &Context<'_>) -> Result<Option<i64>> {
    match context.get_raw(0) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(value) => Ok(Some(value)),
        ValueRef::Real(_) => Err(refused("integer out of range")),
        ValueRef::Text(_) | ValueRef::Blob(_) => Err(refused("not an integer")),
    }
}

/// A number in single precision, as a column of that precision would hold it.
fn single(context: &Context<'_>) -> Result<Option<f64>> {
    let Some(value) = context.get::<Option<f64>>(0)? else { return Ok(None) };
    #[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
    let single = value as f32;
    if single.is_infinite() && value.is_finite() {
        return Err(refused("number out of range of single precision"));
    }
    Ok(Some(single.into()))
}
