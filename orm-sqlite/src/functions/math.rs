//! Mathematics: what the bundled SQLite would have only when compiled so, with NULL outside of a function's domain.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{FLAGS, number, overflow, refused};
use crate::decimal;

pub(super) fn register(connection: &Connection) -> Result<()> {
    type Of1 = fn(f64) -> Option<f64>;
    type Of2 = fn(f64, f64) -> Option<f64>;
    let functions: [(_, Of1); 13] = [
        (c"orm_sqrt", |x| (x >= 0.0).then(|| x.sqrt())),
        (c"orm_exp", |x| Some(x.exp())),
        (c"orm_ln", |x| (x > 0.0).then(|| x.ln())),
        (c"orm_acos", |x| (x.abs() <= 1.0).then(|| x.acos())),
        (c"orm_asin", |x| (x.abs() <= 1.0).then(|| x.asin())),
        (c"orm_atan", |x| Some(x.atan())),
        (c"orm_cos", |x| Some(x.cos())),
        (c"orm_sin", |x| Some(x.sin())),
        (c"orm_tan", |x| Some(x.tan())),
        (c"orm_cot", |x| (x != 0.0).then(|| x.tan().recip())),
        (c"orm_degrees", |x| Some(x.to_degrees())),
        (c"orm_radians", |x| Some(x.to_radians())),
        (c"orm_double", Some),
    ];
    for (name, function) in functions {
        connection.create_scalar_function(name, 1, FLAGS, move |context| {
            let Some(x) = double(context, 0)? else { return Ok(None) };
            finite(function(x), x.is_finite())
        })?;
    }
    let functions: [(_, Of2); 3] = [
        (c"orm_power", |x, y| {
            let defined = !(x == 0.0 && y < 0.0 || x < 0.0 && y.fract() != 0.0);
            defined.then(|| x.powf(y))
        }),
        (c"orm_log", |x, base| (x > 0.0 && base > 0.0 && base.ln() != 0.0).then(|| x.ln() / base.ln())),
        (c"orm_atan2", |y, x| Some(y.atan2(x))),
    ];
    for (name, function) in functions {
        connection.create_scalar_function(name, 2, FLAGS, move |context| {
            let (Some(x), Some(y)) = (double(context, 0)?, double(context, 1)?) else { return Ok(None) };
            finite(function(x, y), x.is_finite() && y.is_finite())
        })?;
    }
    connection.create_scalar_function(c"orm_abs", 1, FLAGS, |context| absolute(context))?;
    connection.create_scalar_function(c"orm_sign", 1, FLAGS, |context| sign(context))?;
    connection
        .create_scalar_function(c"orm_ceil", 1, FLAGS, |context| whole(context, f64::ceil, Decimal::ceil))?;
    connection.create_scalar_function(c"orm_floor", 1, FLAGS, |context| {
        whole(context, f64::floor, Decimal::floor)
    })?;
    connection.create_scalar_function(c"orm_round", 2, FLAGS, |context| round(context))?;
    let flags = FLAGS.difference(FunctionFlags::SQLITE_DETERMINISTIC);
    connection.create_scalar_function(c"orm_random", 0, flags, |_| Ok(random()))
}

/// A number between 0 and 1, from the randomness that every hash map of the process has.
fn random() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    const BITS: u32 = 53;
    let bits = RandomState::new().hash_one(0_u8) >> (u64::BITS - BITS);
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
    let number = bits as f64 / (1_u64 << BITS) as f64;
    number
}

/// An argument as a double.
pub(super) fn double(context: &Context<'_>, index: usize) -> Result<Option<f64>> {
    match context.get_raw(index) {
        #[expect(clippy::cast_precision_loss, reason = "mathematics is in floating point")]
        ValueRef::Integer(value) => Ok(Some(value as f64)),
        ValueRef::Real(value) => Ok(Some(value)),
        _ => Ok(number(context, index)?.and_then(|decimal| decimal.to_f64())),
    }
}

/// A result that is infinite where the argument was not is out of range, as on other databases.
fn finite(result: Option<f64>, finite: bool) -> Result<Option<f64>> {
    match result {
        Some(result) if finite && result.is_infinite() => Err(refused("number out of range")),
        result => Ok(result),
    }
}

fn absolute(context: &Context<'_>) -> Result<Value> {
    Ok(match context.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => {
            Value::Integer(value.checked_abs().ok_or_else(|| refused("integer out of range"))?)
        }
        ValueRef::Real(value) => Value::Real(value.abs()),
        _ => text(number(context, 0)?.map(|decimal| decimal.abs())),
    })
}

fn sign(context: &Context<'_>) -> Result<Value> {
    Ok(match context.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value.signum()),
        ValueRef::Real(0.0) => Value::Real(0.0),
        ValueRef::Real(value) => Value::Real(value.signum()),
        _ => text(number(context, 0)?.map(|decimal| match decimal {
            zero if zero.is_zero() => Decimal::ZERO,
            negative if negative.is_sign_negative() => Decimal::NEGATIVE_ONE,
            _ => Decimal::ONE,
        })),
    })
}

fn whole(
    context: &Context<'_>,
    of_double: fn(f64) -> f64,
    of_decimal: fn(&Decimal) -> Decimal,
) -> Result<Value> {
    Ok(match context.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(value) => Value::Real(of_double(value)),
        _ => text(number(context, 0)?.as_ref().map(of_decimal)),
    })
}

/// Rounded half away from zero; a double as its shortest digits say it.
fn round(context: &Context<'_>) -> Result<Value> {
    let places: i32 = context.get(1)?;
    Ok(match context.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) if places >= 0 => Value::Integer(value),
        ValueRef::Integer(value) => {
            let rounded = decimal::round(value.into(), places).and_then(|rounded| rounded.to_i64());
            Value::Integer(rounded.ok_or_else(|| refused("integer out of range"))?)
        }
        ValueRef::Real(value) => Value::Real(round_double(value, places)),
        _ => match number(context, 0)? {
            None => Value::Null,
            Some(value) => text(Some(decimal::round(value, places).ok_or_else(overflow)?)),
        },
    })
}

fn round_double(value: f64, places: i32) -> f64 {
    // Beyond this the last of a double's 17 digits stands before every place that is rounded to.
    const LARGEST: f64 = 1e27;
    if value.is_nan() || value.abs() >= LARGEST {
        return value;
    }
    let rounded = shortest(value).and_then(|exact| decimal::round(exact, places));
    rounded.and_then(|rounded| rounded.to_string().parse().ok()).unwrap_or(value)
}

/// The shortest digits that lead back to the double, as many of them as a decimal has.
pub(super) fn shortest(value: f64) -> Option<Decimal> {
    let digits = value.to_string();
    match digits.split_once('.') {
        Some((whole, fraction)) if fraction.len() > 28 => {
            let fraction = fraction.get(..28)?;
            decimal::parse(format!("{whole}.{fraction}").as_bytes()).ok()
        }
        _ => decimal::parse(digits.as_bytes()).ok(),
    }
}

fn text(decimal: Option<Decimal>) -> Value {
    decimal.map_or(Value::Null, |decimal| Value::Text(decimal.to_string()))
}
