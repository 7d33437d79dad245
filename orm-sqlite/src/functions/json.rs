//! JSON documents as PostgreSQL's jsonb understands them: paths, extraction by type, containment and equality.

mod compare;
mod find;

use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};
use serde_json::{Map, Number, Value as JsonValue};

use super::{FLAGS, refused};
use crate::decimal;
use find::Step;

/// Registers the functions.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let any = -1;
    connection.create_scalar_function(c"orm_json_get", any, FLAGS, |context| {
        Ok(found(context)?.map(|found| found.to_string()))
    })?;
    connection.create_scalar_function(c"orm_json_text", any, FLAGS, |context| {
        Ok(found(context)?.and_then(|found| match found {
            JsonValue::String(text) => Some(text),
            _ => None,
        }))
    })?;
    connection.create_scalar_function(c"orm_json_i64", any, FLAGS, |context| {
        Ok(number(context)?.as_ref().and_then(whole))
    })?;
    connection.create_scalar_function(c"orm_json_f64", any, FLAGS, |context| {
        Ok(number(context)?.and_then(|number| number.as_f64()))
    })?;
    connection.create_scalar_function(c"orm_json_decimal", any, FLAGS, |context| {
        Ok(number(context)?.as_ref().and_then(decimal_of))
    })?;
    connection.create_scalar_function(c"orm_json_bool", any, FLAGS, |context| {
        Ok(found(context)?.and_then(|found| found.as_bool()))
    })?;
    connection.create_scalar_function(c"orm_json_is_null", any, FLAGS, |context| {
        Ok(found(context)?.map(|found| found.is_null()))
    })?;
    connection.create_scalar_function(c"orm_json_length", any, FLAGS, |context| {
        Ok(found(context)?
            .and_then(|found| found.as_array().map(|array| i64::try_from(array.len()).unwrap_or(i64::MAX))))
    })?;
    connection.create_scalar_function(c"orm_json_has_keys", any, FLAGS, |context| {
        has_keys(context, |object, keys| keys.iter().all(|key| object.contains_key(*key)))
    })?;
    connection.create_scalar_function(c"orm_json_has_any_key", any, FLAGS, |context| {
        has_keys(context, |object, keys| keys.iter().any(|key| object.contains_key(*key)))
    })?;
    connection.create_scalar_function(c"orm_json_contains", 2, FLAGS, |context| {
        let (Some(outer), Some(inner)) = (document(context, 0)?, document(context, 1)?) else {
            return Ok(None);
        };
        Ok(Some(compare::contains(&outer, &inner)))
    })?;
    connection.create_scalar_function(c"orm_json_equal", 2, FLAGS, |context| {
        let (Some(left), Some(right)) = (document(context, 0)?, document(context, 1)?) else {
            return Ok(None);
        };
        Ok(Some(compare::equal(&left, &right)))
    })?;
    register_making(connection)
}

/// Those that make documents.
fn register_making(connection: &Connection) -> Result<()> {
    let any = -1;
    connection.create_scalar_function(c"orm_json_of", 2, FLAGS, |context| json_of(context))?;
    connection.create_scalar_function(c"orm_json_object", any, FLAGS, |context| {
        let mut object = Map::new();
        for at in (0..context.len()).step_by(2) {
            object.insert(key(context, at)?.to_owned(), member(context, at + 1)?);
        }
        Ok(JsonValue::from(object).to_string())
    })?;
    connection.create_scalar_function(c"orm_json_array", any, FLAGS, |context| {
        let array = (0..context.len()).map(|at| member(context, at)).collect::<Result<Vec<_>>>()?;
        Ok(JsonValue::from(array).to_string())
    })?;
    connection.create_scalar_function(c"orm_json_set", 3, FLAGS, |context| {
        change(context, |object| {
            object.insert(key(context, 1)?.to_owned(), member(context, 2)?);
            Ok(())
        })
    })?;
    connection.create_scalar_function(c"orm_json_remove", 2, FLAGS, |context| {
        change(context, |object| {
            object.remove(key(context, 1)?);
            Ok(())
        })
    })
}

/// What is at the path of all arguments behind the first.
fn found(context: &Context<'_>) -> Result<Option<JsonValue>> {
    let Some(text) = text(context, 0)? else { return Ok(None) };
    let mut steps = Vec::with_capacity(context.len());
    for at in 1..context.len() {
        steps.push(match context.get_raw(at) {
            ValueRef::Integer(index) => Step::Index(usize::try_from(index).unwrap_or(usize::MAX)),
            _ => Step::Key(key(context, at)?),
        });
    }
    find::find(text, &steps).map_err(|error| unreadable(&error))
}

fn number(context: &Context<'_>) -> Result<Option<Number>> {
    Ok(found(context)?.and_then(|found| match found {
        JsonValue::Number(number) => Some(number),
        _ => None,
    }))
}

/// Whole numbers in 64 bits; a float by the digits that it is written with, as where numbers are decimal.
fn whole(number: &Number) -> Option<i64> {
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    let parsed = decimal::parse(number.to_string().as_bytes()).ok()?;
    if parsed.fract().is_zero() { i64::try_from(parsed.trunc()).ok() } else { None }
}

fn decimal_of(number: &Number) -> Option<String> {
    if number.as_f64().is_none_or(|number| number.abs() >= 1e28) {
        return None;
    }
    let text = number.to_string();
    match decimal::parse(text.as_bytes()) {
        Ok(parsed) => Some(parsed.normalize().to_string()),
        // A number so small is rounded to the places that a decimal has.
        Err(_) => format!("{:.28}", number.as_f64()?)
            .parse::<rust_decimal::Decimal>()
            .ok()
            .map(|parsed| parsed.normalize().to_string()),
    }
}

fn has_keys(
    context: &Context<'_>,
    holds: impl FnOnce(&Map<String, JsonValue>, &[&str]) -> bool,
) -> Result<Option<bool>> {
    let Some(document) = document(context, 0)? else { return Ok(None) };
    let JsonValue::Object(object) = document else { return Ok(Some(false)) };
    let keys = (1..context.len()).map(|at| key(context, at)).collect::<Result<Vec<_>>>()?;
    Ok(Some(holds(&object, &keys)))
}

/// An object after a change; anything else as it was.
fn change(
    context: &Context<'_>,
    change: impl FnOnce(&mut Map<String, JsonValue>) -> Result<()>,
) -> Result<Option<String>> {
    let Some(mut document) = document(context, 0)? else { return Ok(None) };
    if let JsonValue::Object(object) = &mut document {
        change(object)?;
    }
    Ok(Some(document.to_string()))
}

/// A stored value as JSON, by what it means; NULL stays NULL, which becomes JSON's null in an object or array.
fn json_of(context: &Context<'_>) -> Result<Option<String>> {
    let kind = key(context, 0)?;
    let value = match (kind, context.get_raw(1)) {
        (_, ValueRef::Null) => return Ok(None),
        ("bool", ValueRef::Integer(value)) => JsonValue::from(value != 0),
        ("uuid", ValueRef::Blob(bytes)) => match uuid::Uuid::from_slice(bytes) {
            Ok(uuid) => JsonValue::from(uuid.to_string()),
            Err(_) => return Err(refused("json: a UUID of other than 16 bytes")),
        },
        ("decimal", ValueRef::Text(digits)) => {
            // The digits as they are; a float would lose some.
            return match decimal::parse(digits) {
                Ok(decimal) => Ok(Some(decimal.to_string())),
                Err(_) => Err(refused("json: a decimal that is no number")),
            };
        }
        (_, ValueRef::Integer(value)) => JsonValue::from(value),
        (_, ValueRef::Real(value)) => JsonValue::from(value),
        (kind, ValueRef::Text(bytes)) => {
            let text = utf8(bytes)?;
            match kind {
                "json" => serde_json::from_str(text).map_err(|error| unreadable(&error))?,
                "time" => JsonValue::from(with_fraction(text, "")),
                "datetime" => JsonValue::from(with_fraction(&text.replacen(' ', "T", 1), "")),
                "timestamp" => JsonValue::from(with_fraction(&text.replacen(' ', "T", 1), "Z")),
                _ => JsonValue::from(text),
            }
        }
        (_, ValueRef::Blob(_)) => return Err(refused("json: a BLOB")),
    };
    Ok(Some(value.to_string()))
}

/// Times always have six digits behind the second.
fn with_fraction(time: &str, zone: &str) -> String {
    let fraction = if time.contains('.') { "" } else { ".000000" };
    format!("{time}{fraction}{zone}")
}

/// An argument that `orm_json_of` made.
fn member(context: &Context<'_>, at: usize) -> Result<JsonValue> {
    Ok(document(context, at)?.unwrap_or(JsonValue::Null))
}

fn document(context: &Context<'_>, at: usize) -> Result<Option<JsonValue>> {
    let Some(text) = text(context, at)? else { return Ok(None) };
    serde_json::from_str(text).map(Some).map_err(|error| unreadable(&error))
}

fn key<'a>(context: &'a Context<'_>, at: usize) -> Result<&'a str> {
    text(context, at)?.ok_or_else(|| refused("json: a key that is NULL"))
}

fn text<'a>(context: &'a Context<'_>, at: usize) -> Result<Option<&'a str>> {
    if at >= context.len() {
        return Err(refused("json: too few arguments"));
    }
    match context.get_raw(at) {
        ValueRef::Null => Ok(None),
        ValueRef::Text(bytes) => utf8(bytes).map(Some),
        ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => Err(refused("json: no text")),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| refused("json: a text that is not UTF-8"))
}

/// serde's own message may quote the document, so only its position is repeated.
fn unreadable(error: &serde_json::Error) -> rusqlite::Error {
    refused(&format!("json: malformed at line {}, column {}", error.line(), error.column()))
}
