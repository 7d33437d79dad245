//! The text of a cursor: the values of a row in an order, opaque and safe in URLs.
//!
//! A cursor is a version, a hash and the values. The hash is over the values and the order's text, so that a damaged
//! cursor, or one of another order, is told from a right one. It keeps no secret and is no signature: whoever forges a
//! cursor gets a page that begins elsewhere, since values are only ever bound.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

/// The first byte of all cursors that are written like this.
const VERSION: u8 = 1;

/// Longer texts are no cursors of ours.
const LONGEST: usize = 1 << 20;

/// The text for a row with these values, in an order with this text.
pub(crate) fn write(order: &str, values: &[Value]) -> String {
    let mut body = Vec::new();
    for value in values {
        write_value(&mut body, value);
    }
    let mut bytes = vec![VERSION];
    bytes.extend(hash(order, &body).to_be_bytes());
    bytes.append(&mut body);
    encode(&bytes)
}

/// The values in a cursor's text, which are of these kinds.
///
/// # Errors
/// [`Error::InvalidCursor`].
pub(crate) fn read(text: &str, order: &str, kinds: &[ValueKind]) -> Result<Vec<Value>> {
    const DAMAGED: Error = Error::InvalidCursor("is damaged");
    let bytes = Some(text).filter(|text| text.len() <= LONGEST).and_then(decode).ok_or(DAMAGED)?;
    let (&version, rest) = bytes.split_first().ok_or(DAMAGED)?;
    if version != VERSION {
        return Err(Error::InvalidCursor("is of another version"));
    }
    let (&found, body) = rest.split_first_chunk::<8>().ok_or(DAMAGED)?;
    if found != hash(order, body).to_be_bytes() {
        return Err(Error::InvalidCursor("is damaged, or belongs to another query or order"));
    }
    let mut reader = Reader(body);
    let values = kinds.iter().map(|kind| reader.value(*kind)).collect::<Option<Vec<_>>>().ok_or(DAMAGED)?;
    if reader.0.is_empty() { Ok(values) } else { Err(DAMAGED) }
}

/// FNV-1a.
fn hash(order: &str, body: &[u8]) -> u64 {
    order
        .as_bytes()
        .iter()
        .chain(&[0])
        .chain(body)
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A value as bytes, different from those of every other value of its kind.
pub(crate) fn write_value(out: &mut Vec<u8>, value: &Value) {
    if value.is_null() {
        out.push(0);
        return;
    }
    out.push(1);
    match value {
        Value::Null(_) => {}
        Value::Bool(value) => out.push(u8::from(*value)),
        Value::I16(value) => out.extend(value.to_be_bytes()),
        Value::I32(value) => out.extend(value.to_be_bytes()),
        Value::I64(value) | Value::Duration(value) => out.extend(value.to_be_bytes()),
        Value::U32(value) => out.extend(value.to_be_bytes()),
        Value::U64(value) => out.extend(value.to_be_bytes()),
        Value::F32(value) => out.extend(value.to_bits().to_be_bytes()),
        Value::F64(value) => out.extend(value.to_bits().to_be_bytes()),
        Value::Text(text) | Value::Json(text) => write_bytes(out, text.as_bytes()),
        Value::Bytes(bytes) => write_bytes(out, bytes),
        Value::Decimal(value) => write_bytes(out, value.to_string().as_bytes()),
        Value::Uuid(value) => out.extend(value.as_bytes()),
        Value::Date(date) => out.extend(date.num_days_from_ce().to_be_bytes()),
        Value::Time(time) => {
            out.extend(time.num_seconds_from_midnight().to_be_bytes());
            out.extend(time.nanosecond().to_be_bytes());
        }
        Value::DateTime(at) => out.extend(at.and_utc().timestamp_micros().to_be_bytes()),
        Value::Timestamp(at) => out.extend(at.timestamp_micros().to_be_bytes()),
        // No row is ordered by one.
        Value::Array(array) => array.values().iter().for_each(|value| write_value(out, value)),
    }
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u64).to_be_bytes());
    out.extend(bytes);
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (fixed, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*fixed)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(u64::from_be_bytes(self.fixed()?)).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    fn value(&mut self, kind: ValueKind) -> Option<Value> {
        match self.fixed()? {
            [0] => return Some(Value::Null(kind)),
            [1] => {}
            _ => return None,
        }
        Some(match kind {
            ValueKind::Bool => match self.fixed()? {
                [0] => Value::Bool(false),
                [1] => Value::Bool(true),
                _ => return None,
            },
            ValueKind::I16 => Value::I16(i16::from_be_bytes(self.fixed()?)),
            ValueKind::I32 => Value::I32(i32::from_be_bytes(self.fixed()?)),
            ValueKind::I64 => Value::I64(i64::from_be_bytes(self.fixed()?)),
            ValueKind::U32 => Value::U32(u32::from_be_bytes(self.fixed()?)),
            ValueKind::U64 => Value::U64(u64::from_be_bytes(self.fixed()?)),
            ValueKind::F32 => Value::F32(f32::from_bits(u32::from_be_bytes(self.fixed()?))),
            ValueKind::F64 => Value::F64(f64::from_bits(u64::from_be_bytes(self.fixed()?))),
            ValueKind::Text => Value::Text(self.text()?.to_owned()),
            ValueKind::Json => Value::Json(self.text()?.to_owned()),
            ValueKind::Bytes => Value::Bytes(self.bytes()?.to_vec()),
            ValueKind::Decimal => Value::Decimal(self.text()?.parse::<Decimal>().ok()?),
            ValueKind::Uuid => Value::Uuid(Uuid::from_bytes(self.fixed()?)),
            ValueKind::Date => {
                Value::Date(NaiveDate::from_num_days_from_ce_opt(i32::from_be_bytes(self.fixed()?))?)
            }
            ValueKind::Time => {
                let (seconds, nanos) = (u32::from_be_bytes(self.fixed()?), u32::from_be_bytes(self.fixed()?));
                Value::Time(NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos)?)
            }
            ValueKind::DateTime => Value::DateTime(self.instant()?.naive_utc()),
            ValueKind::Timestamp => Value::Timestamp(self.instant()?),
            ValueKind::Duration => Value::Duration(i64::from_be_bytes(self.fixed()?)),
        })
    }

    fn instant(&mut self) -> Option<DateTime<chrono::Utc>> {
        DateTime::from_timestamp_micros(i64::from_be_bytes(self.fixed()?))
    }
}

/// The digits of base64 for URLs (RFC 4648, 5), which need no escape there.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..=chunk.len() {
            let at = (bits >> (18 - 6 * digit)) & 63;
            text.push(char::from(DIGITS[at as usize]));
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for at in 0..4 {
            let value = match chunk.get(at) {
                Some(digit) => DIGITS.iter().position(|known| known == digit)?,
                None => 0,
            };
            bits = bits << 6 | u32::try_from(value).ok()?;
        }
        let [_, first, second, third] = bits.to_be_bytes();
        match (chunk.len(), second, third) {
            (4, ..) => bytes.extend([first, second, third]),
            // What is left over must be nothing, or a cursor could be written in several ways.
            (3, _, 0) => bytes.extend([first, second]),
            (2, 0, 0) => bytes.push(first),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<Value> {
        let at = DateTime::from_timestamp_micros(-1_234_567_890_123).unwrap();
        vec![
            Value::Null(ValueKind::Text),
            Value::Bool(true),
            Value::I16(i16::MIN),
            Value::I32(-1),
            Value::I64(i64::MAX),
            Value::U32(u32::MAX),
            Value::U64(u64::MAX),
            Value::F32(0.1),
            Value::F64(-0.0),
            Value::Text("ä\0🦀".into()),
            Value::Bytes(vec![0, 255]),
            Value::Decimal("-1.50".parse().unwrap()),
            Value::Uuid(Uuid::from_u128(7)),
            Value::Date(NaiveDate::MIN),
            Value::Time(NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap()),
            Value::DateTime(at.naive_utc()),
            Value::Timestamp(at),
            Value::Duration(-5),
        ]
    }

    fn kinds() -> Vec<ValueKind> {
        values().iter().map(Value::kind).collect()
    }

    #[test]
    fn values_come_back() {
        let text = write("order", &values());
        assert!(text.bytes().all(|byte| DIGITS.contains(&byte)), "{text}");
        assert_eq!(read(&text, "order", &kinds()).unwrap(), values());
    }

    #[test]
    fn no_other_text_is_a_cursor() {
        let text = write("order", &values());
        let refused = |text: &str, order: &str| {
            assert!(matches!(read(text, order, &kinds()), Err(Error::InvalidCursor(_))), "{text}");
        };
        refused(&text, "another order");
        refused("", "order");
        refused("AQ", "order");
        refused("ä", "order");
        refused("....", "order");
        for at in 0..text.len() {
            refused(&text[..at], "order");
            let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            refused(&format!("{}{other}{}", &text[..at], &text[at + 1..]), "order");
        }
        refused(&format!("{text}A"), "order");
        refused(&format!("{text}="), "order");
    }

    #[test]
    fn forged_lengths_are_refused() {
        let mut body = vec![1];
        body.extend(u64::MAX.to_be_bytes());
        let mut bytes = vec![VERSION];
        bytes.extend(hash("", &body).to_be_bytes());
        bytes.extend(body);
        assert!(read(&encode(&bytes), "", &[ValueKind::Text]).is_err());
    }

    #[test]
    fn base64_has_the_known_texts() {
        for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
        for wrong in ["Z", "Zh", "Zm9", "Zg==", "Zm+v"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
