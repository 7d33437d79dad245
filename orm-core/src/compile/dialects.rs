//! What each database spells differently: overrides only.

mod mysql;
mod postgres;
mod sqlite;

pub(super) use mysql::{MARIADB, MYSQL};
pub(super) use postgres::POSTGRES;
pub(super) use sqlite::SQLITE;

use std::fmt::Write;
use std::ops::RangeInclusive;

use chrono::Datelike;

use super::writer::SqlWriter;
use crate::ast::{Expr, OrderBy, TextMatchKind};
use crate::error::{Error, Result, ValueError};
use crate::schema::DbDefault;
use crate::value::{Value, ValueKind, ValueRef};

/// Refuses dates, and instants, of years that the database cannot hold.
fn check_year(
    value: ValueRef<'_>,
    years: RangeInclusive<i32>,
    target: &'static str,
) -> Result<(), ValueError> {
    let year = match value {
        ValueRef::Date(date) => date.year(),
        ValueRef::DateTime(at) => at.year(),
        ValueRef::Timestamp(at) => at.naive_utc().year(),
        _ => return Ok(()),
    };
    if years.contains(&year) {
        return Ok(());
    }
    Err(ValueError::OutOfRange { kind: value.kind().name(), target: target.into() })
}

/// Only lists and bulk writes make arrays, and they ask the capability; so this is a field type of the user's own.
fn no_array() -> ValueError {
    ValueError::Invalid("the database takes no arrays as parameters".into())
}

/// A LIKE pattern for literal text. `!` escapes, because `\` is not an ordinary character in every literal and mode.
fn like_pattern(kind: TextMatchKind, text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    if matches!(kind, TextMatchKind::Contains | TextMatchKind::EndsWith) {
        pattern.push('%');
    }
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    if matches!(kind, TextMatchKind::Contains | TextMatchKind::StartsWith) {
        pattern.push('%');
    }
    pattern
}

/// `key ASC NULLS LAST` and its kin, for databases that have the clause; left out where it says what is the default.
fn write_order_with_nulls(
    w: &mut SqlWriter,
    key: &Expr,
    term: &OrderBy,
    nullable: bool,
    nulls_are_largest: bool,
) -> Result<()> {
    w.expr(key)?;
    if term.descending {
        w.push(" DESC");
    }
    let first_by_default = term.descending == nulls_are_largest;
    if nullable && term.nulls_first() != first_by_default {
        w.push(if term.nulls_first() { " NULLS FIRST" } else { " NULLS LAST" });
    }
    Ok(())
}

/// The form of a text that becomes a value of this kind, as a regular expression of every server.
fn cast_pattern(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::F32 | ValueKind::F64 => "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?",
        ValueKind::Decimal => "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)",
        ValueKind::Date => "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        ValueKind::DateTime => "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?",
        _ => "[+-]?[0-9]+",
    }
}

/// Text in single quotes, for databases where only the quote is special.
fn write_quoted_text(out: &mut String, text: &str) {
    out.push('\'');
    for character in text.chars() {
        if character == '\'' {
            out.push('\'');
        }
        out.push(character);
    }
    out.push('\'');
}

fn write_hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
}

/// Literals that all databases spell alike; `None` for the others.
fn plain_literal(value: &Value) -> Option<String> {
    match value {
        Value::Null(_) => Some("NULL".to_owned()),
        Value::I16(number) => Some(number.to_string()),
        Value::I32(number) => Some(number.to_string()),
        Value::I64(number) => Some(number.to_string()),
        Value::U32(number) => Some(number.to_string()),
        Value::U64(number) => Some(number.to_string()),
        // `{:?}` keeps a point or an exponent, so that it stays a floating point literal.
        Value::F32(number) if number.is_finite() => Some(format!("{number:?}")),
        Value::F64(number) if number.is_finite() => Some(format!("{number:?}")),
        _ => None,
    }
    .map(|text| if text.starts_with('-') { format!("({text})") } else { text })
}

fn no_literal(value: &Value, database: &'static str) -> Error {
    Error::unsupported(format!("a {} literal in a schema", value.kind().name()), database)
}

/// Defaults that all databases spell alike; `None` for the others.
fn plain_default(default: DbDefault) -> Option<String> {
    match default {
        DbDefault::Integer(number) => Some(number.to_string()),
        DbDefault::Float(number) => Some(format!("{number:?}")),
        DbDefault::Sql(sql) => Some(format!("({sql})")),
        DbDefault::Bool(_) | DbDefault::Text(_) | DbDefault::Now => None,
    }
}

/// Text lengths and digits as a type's arguments.
macro_rules! push_type {
    ($out:expr, $($args:tt)*) => {{
        // Writing to a String cannot fail.
        let _ = write!($out, $($args)*);
    }};
}
pub(super) use push_type;
