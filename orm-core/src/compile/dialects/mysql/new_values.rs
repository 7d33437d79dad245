//! New values of many rows as one JSON document: the statement's text does not depend on their number, and columns have the
//! types that are said and not those that a server guesses for parameters.

use std::fmt::Write;

use super::super::super::dialect::Dialect;
use super::super::super::update_each::NewValues;
use super::super::super::writer::{SqlWriter, write_number};
use super::super::write_hex;
use rust_decimal::Decimal;

use crate::error::Result;
use crate::schema::FieldMeta;
use crate::value::{Value, ValueKind};

/// `UPDATE (new values) JOIN (table) SET …`. The new values come first: each then finds its row by the key.
pub(super) fn write(w: &mut SqlWriter, update: NewValues, dialect: Dialect, collation: &str) -> Result<()> {
    let names = update.names();
    let rows = update.fitted(w)?;
    let forms: Vec<Form> = names
        .columns()
        .enumerate()
        .map(|(at, field)| Form::of(field, rows.iter().filter_map(|row| row.get(at)), dialect))
        .collect();
    w.push("UPDATE JSON_TABLE(");
    w.stored_value(Value::Text(document(&rows, &forms)), None)?;
    w.push(", '$[*]' COLUMNS (");
    for (at, form) in forms.iter().enumerate() {
        w.push(if at == 0 { "" } else { ", " });
        w.selected(at);
        w.push(form.column());
        w.push(" PATH '$[");
        w.number(at as u64);
        // Without it what cannot be converted would be NULL.
        w.push("]' ERROR ON ERROR");
    }
    w.push(")) AS ");
    NewValues::write_new(w);
    w.push(" STRAIGHT_JOIN ");
    w.name(names.model.table);
    w.push(" ON ");
    let key = names.joined();
    for (at, (field, form)) in names.columns().zip(&forms).take(key).enumerate() {
        w.push(if at == 0 { "" } else { " AND " });
        write_own(w, &names, field);
        form.write(w, at, collation);
    }
    w.push(" SET ");
    for (at, (field, form)) in names.columns().zip(&forms).enumerate().skip(key) {
        w.push(if at == key { "" } else { ", " });
        write_own(w, &names, field);
        form.write(w, at, collation);
    }
    if let Some(version) = names.model.version() {
        w.push(", ");
        write_own(w, &names, version);
        names.write_next_version(w, version);
    }
    w.push(" WHERE 1 = 1");
    Ok(())
}

fn write_own(w: &mut SqlWriter, names: &NewValues, field: &FieldMeta) {
    w.name(names.model.table);
    w.push(".");
    w.name(field.column);
    w.push(" = ");
}

/// How the values of a column stand in the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Signed,
    Unsigned,
    Double,
    Decimal,
    Text,
    /// Text with a NUL in it, which MariaDB's JSON does not have: the digits of its bytes.
    TextInHex,
    /// The digits of bytes.
    Hex,
    Date,
    Time,
    DateTime,
    /// MariaDB's UUIDs.
    Uuid,
}

impl Form {
    fn of<'v>(field: &FieldMeta, mut values: impl Iterator<Item = &'v Value>, dialect: Dialect) -> Self {
        match field.kind {
            ValueKind::Bool | ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::Duration => {
                Form::Signed
            }
            ValueKind::U32 | ValueKind::U64 => Form::Unsigned,
            ValueKind::F32 | ValueKind::F64 => Form::Double,
            ValueKind::Decimal => Form::Decimal,
            ValueKind::Text | ValueKind::Json => {
                let has_nul = values.any(|value| matches!(value, Value::Text(text) if text.contains('\0')));
                if has_nul { Form::TextInHex } else { Form::Text }
            }
            ValueKind::Uuid if dialect == Dialect::MariaDb => Form::Uuid,
            ValueKind::Bytes | ValueKind::Uuid => Form::Hex,
            ValueKind::Date => Form::Date,
            ValueKind::Time => Form::Time,
            ValueKind::DateTime | ValueKind::Timestamp => Form::DateTime,
        }
    }

    /// The column's type.
    fn column(self) -> &'static str {
        match self {
            Form::Signed => " BIGINT",
            Form::Unsigned => " BIGINT UNSIGNED",
            Form::Double => " DOUBLE",
            Form::Decimal => " DECIMAL(65, 30)",
            Form::Text | Form::TextInHex | Form::Hex => " LONGTEXT",
            Form::Date => " DATE",
            Form::Time => " TIME(6)",
            Form::DateTime => " DATETIME(6)",
            Form::Uuid => " CHAR(36)",
        }
    }

    /// The column's value as the field has it.
    fn write(self, w: &mut SqlWriter, at: usize, collation: &str) {
        let (before, after) = match self {
            Form::Signed
            | Form::Unsigned
            | Form::Double
            | Form::Decimal
            | Form::Date
            | Form::Time
            | Form::DateTime => ("", ""),
            Form::Text => ("", " COLLATE "),
            Form::TextInHex => ("CONVERT(UNHEX(", ") USING utf8mb4) COLLATE "),
            Form::Hex => ("UNHEX(", ")"),
            Form::Uuid => ("CAST(", " AS UUID)"),
        };
        w.push(before);
        NewValues::write_column(w, at);
        w.push(after);
        if matches!(self, Form::Text | Form::TextInHex) {
            w.push(collation);
        }
    }
}

fn document(rows: &[Vec<Value>], forms: &[Form]) -> String {
    let mut json = String::from("[");
    for (index, row) in rows.iter().enumerate() {
        json.push_str(if index == 0 { "[" } else { ",[" });
        for (at, (value, form)) in row.iter().zip(forms).enumerate() {
            json.push_str(if at == 0 { "" } else { "," });
            push(&mut json, value, *form);
        }
        json.push(']');
    }
    json.push(']');
    json
}

fn push(json: &mut String, value: &Value, form: Form) {
    const MICROS: &str = "%H:%M:%S%.6f";
    // Writing to a String cannot fail.
    let _ = match value {
        // An array is no value of a row, and was refused.
        Value::Null(_) | Value::Array(_) => json.write_str("null"),
        Value::Bool(value) => json.write_str(if *value { "1" } else { "0" }),
        Value::I16(number) => return push_integer(json, (*number).into()),
        Value::I32(number) => return push_integer(json, (*number).into()),
        Value::I64(number) | Value::Duration(number) => return push_integer(json, *number),
        Value::U32(number) => return push_integer(json, (*number).into()),
        Value::U64(number) => write!(json, "{number}"),
        // The shortest text that is read as the same number, in double precision: the greatest f32 would be too great
        // otherwise. What is not finite was refused.
        Value::F32(number) => write!(json, "{:?}", f64::from(*number)),
        Value::F64(number) => write!(json, "{number:?}"),
        Value::Text(text) if form == Form::TextInHex => {
            push_hex(json, text.as_bytes());
            Ok(())
        }
        Value::Text(text) | Value::Json(text) => write!(json, "{}", serde_json::Value::from(text.as_str())),
        Value::Bytes(bytes) => {
            push_hex(json, bytes);
            Ok(())
        }
        Value::Uuid(uuid) if form == Form::Hex => {
            push_hex(json, uuid.as_bytes());
            Ok(())
        }
        Value::Uuid(uuid) => write!(json, "\"{uuid}\""),
        Value::Decimal(decimal) => push_decimal(json, decimal),
        Value::Date(date) => write!(json, "\"{date}\""),
        Value::Time(time) => write!(json, "\"{}\"", time.format(MICROS)),
        Value::DateTime(at) => write!(json, "\"{} {}\"", at.date(), at.time().format(MICROS)),
        Value::Timestamp(at) => write!(json, "\"{} {}\"", at.date_naive(), at.time().format(MICROS)),
    };
}

/// A decimal as a text, whose digits a server does not round.
fn push_decimal(json: &mut String, decimal: &Decimal) -> std::fmt::Result {
    let Ok(digits) = u64::try_from(decimal.mantissa().unsigned_abs()) else {
        return write!(json, "\"{decimal}\"");
    };
    json.push_str(if decimal.is_sign_negative() { "\"-" } else { "\"" });
    let before = json.len();
    write_number(json, digits);
    let scale = decimal.scale() as usize;
    // At least one digit before the point.
    let missing = (scale + 1).saturating_sub(json.len() - before);
    (0..missing).for_each(|_| json.insert(before, '0'));
    if scale > 0 {
        json.insert(json.len() - scale, '.');
    }
    json.push('"');
    Ok(())
}

/// Without the machinery of formatting: most of what is written here.
fn push_integer(json: &mut String, number: i64) {
    if number < 0 {
        json.push('-');
    }
    write_number(json, number.unsigned_abs());
}

fn push_hex(json: &mut String, bytes: &[u8]) {
    json.push('"');
    write_hex(json, bytes);
    json.push('"');
}
