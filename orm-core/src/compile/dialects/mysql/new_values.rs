//! New values of many rows as one JSON document: the statement's text does not depend on their number, and columns have the
//! types that are said and not those that a server guesses for parameters.

use std::fmt::Write;

use super::super::super::dialect::Dialect;
use super::super::super::update_each::NewValues;
use super::super::super::writer::{SqlWriter, digits_of};
use super::super::write_hex;
use rust_decimal::Decimal;

use crate::error::{Result, ValueError};
use crate::schema::FieldMeta;
use crate::value::{DecimalText, RowValues, Series, Value, ValueKind, ValueRef, has_nul};

/// `UPDATE (new values) JOIN (table) SET …`. The new values come first: each then finds its row by the key.
pub(super) fn write(w: &mut SqlWriter, update: NewValues, dialect: Dialect, collation: &str) -> Result<()> {
    let names = update.names();
    let rows = update.fitted(w)?;
    let forms: Vec<Form> = names
        .columns()
        .enumerate()
        .map(|(at, field)| Form::of(field, rows.series().get(at), dialect))
        .collect();
    w.push("UPDATE JSON_TABLE(");
    w.stored_value(Value::Text(document(&rows, &forms)?), None)?;
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
    fn of(field: &FieldMeta, values: Option<&Series>, dialect: Dialect) -> Self {
        match field.kind {
            ValueKind::Bool | ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::Duration => {
                Form::Signed
            }
            ValueKind::U32 | ValueKind::U64 => Form::Unsigned,
            ValueKind::F32 | ValueKind::F64 => Form::Double,
            ValueKind::Decimal => Form::Decimal,
            ValueKind::Text | ValueKind::Json => {
                let with_nul = |value| matches!(value, ValueRef::Text(text) if has_nul(text));
                if values.is_some_and(|values| values.iter().any(with_nul)) {
                    Form::TextInHex
                } else {
                    Form::Text
                }
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

fn document(rows: &RowValues, forms: &[Form]) -> Result<String> {
    // A number of usual size with its comma.
    const NUMBER: usize = 8;
    let values = rows.len().saturating_mul(rows.width().saturating_mul(NUMBER).saturating_add(3));
    let mut json = Json(Vec::with_capacity(values.saturating_add(rows.length())));
    json.push(b"[");
    for row in 0..rows.len() {
        if row > 0 {
            json.push(b",");
        }
        json.push(b"[");
        for (at, (value, form)) in rows.row(row).zip(forms).enumerate() {
            if at > 0 {
                json.push(b",");
            }
            json.value(value, *form);
        }
        json.push(b"]");
    }
    json.push(b"]");
    // What is written is text.
    String::from_utf8(json.0).map_err(|_| ValueError::Invalid("text that is not UTF-8".into()).into())
}

/// A document under construction: bytes, because most of it is digits.
struct Json(Vec<u8>);

impl Write for Json {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

impl Json {
    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn value(&mut self, value: ValueRef<'_>, form: Form) {
        const MICROS: &str = "%H:%M:%S%.6f";
        // Writing to memory cannot fail.
        let _ = match value {
            // An array is no value of a row, and was refused.
            ValueRef::Null(_) | ValueRef::Array(_) => return self.push(b"null"),
            ValueRef::Bool(value) => return self.push(if value { b"1" } else { b"0" }),
            ValueRef::I16(number) => return self.integer(number.into()),
            ValueRef::I32(number) => return self.integer(number.into()),
            ValueRef::I64(number) | ValueRef::Duration(number) => return self.integer(number),
            ValueRef::U32(number) => return self.digits(number.into()),
            ValueRef::U64(number) => return self.digits(number),
            // The shortest text that is read as the same number, in double precision: the greatest f32 would be too great
            // otherwise. What is not finite was refused.
            ValueRef::F32(number) => write!(self, "{:?}", f64::from(number)),
            ValueRef::F64(number) => write!(self, "{number:?}"),
            ValueRef::Text(text) if form == Form::TextInHex => return self.hex(text.as_bytes()),
            ValueRef::Text(text) | ValueRef::Json(text) => return self.text(text),
            ValueRef::Bytes(bytes) => return self.hex(bytes),
            ValueRef::Uuid(uuid) if form == Form::Hex => return self.hex(uuid.as_bytes()),
            ValueRef::Uuid(uuid) => write!(self, "\"{uuid}\""),
            ValueRef::Decimal(decimal) => return self.decimal(&decimal),
            ValueRef::Date(date) => write!(self, "\"{date}\""),
            ValueRef::Time(time) => write!(self, "\"{}\"", time.format(MICROS)),
            ValueRef::DateTime(at) => write!(self, "\"{} {}\"", at.date(), at.time().format(MICROS)),
            ValueRef::Timestamp(at) => {
                let at = at.naive_utc();
                write!(self, "\"{} {}\"", at.date(), at.time().format(MICROS))
            }
        };
    }

    /// Most texts have nothing to escape.
    fn text(&mut self, text: &str) {
        let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
        if text.as_bytes().iter().all(is_plain) {
            self.push(b"\"");
            self.push(text.as_bytes());
            self.push(b"\"");
        } else {
            let _ = write!(self, "{}", serde_json::Value::from(text));
        }
    }

    /// A decimal as a text, whose digits a server does not round.
    fn decimal(&mut self, decimal: &Decimal) {
        self.push(b"\"");
        self.push(DecimalText::of(decimal).as_bytes());
        self.push(b"\"");
    }

    fn integer(&mut self, number: i64) {
        if number < 0 {
            self.push(b"-");
        }
        self.digits(number.unsigned_abs());
    }

    fn digits(&mut self, number: u64) {
        self.push(digits_of(number, &mut [0; 20]));
    }

    fn hex(&mut self, bytes: &[u8]) {
        let mut digits = String::with_capacity(bytes.len() * 2);
        write_hex(&mut digits, bytes);
        self.push(b"\"");
        self.push(digits.as_bytes());
        self.push(b"\"");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Json)) -> String {
        let mut json = Json(Vec::new());
        write(&mut json);
        String::from_utf8(json.0).expect("text")
    }

    #[test]
    fn numbers_are_written_as_they_are_shown() {
        for number in [0, 1, -1, 10, i64::MAX, i64::MIN] {
            assert_eq!(written(|json| json.integer(number)), number.to_string());
        }
        assert_eq!(written(|json| json.digits(u64::MAX)), u64::MAX.to_string());
        for number in [
            "0",
            "0.00",
            "1",
            "-0.5",
            "12.50",
            "-123.456",
            "0.0000000000000000000000000001",
            "1.8446744073709551615",
            "79228162514264337593543950335",
        ] {
            let decimal: Decimal = number.parse().expect("a decimal");
            assert_eq!(written(|json| json.decimal(&decimal)), format!("\"{number}\""));
        }
    }

    #[test]
    fn texts_are_escaped_where_they_must_be() {
        for text in ["", "plain", "é", "a\"b", "a\\b", "a\nb", "\u{1f}", "\u{7f}"] {
            let json = written(|json| json.text(text));
            assert_eq!(json, serde_json::Value::from(text).to_string());
        }
    }
}
