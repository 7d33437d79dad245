//! Functions of text, which count characters and read beyond a NUL; SQLite's own do neither everywhere.

use md5::{Digest, Md5};
use orm_core::value::letter_case;
use rusqlite::functions::Context;
use rusqlite::{Connection, Result};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::{FLAGS, refused, text};

/// The longest text that SQLite holds, if it was not built otherwise.
const MOST_BYTES: usize = 1_000_000_000;

/// Registers them.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let map = |name, function: fn(&str) -> String| {
        connection.create_scalar_function(name, 1, FLAGS, move |context| {
            Ok(text(context, 0)?.map(|text| function(&text)))
        })
    };
    map(c"orm_lower", letter_case::lower)?;
    map(c"orm_upper", letter_case::upper)?;
    map(c"orm_reverse", |text| text.chars().rev().collect())?;
    map(c"orm_md5", hash::<Md5>)?;
    map(c"orm_sha1", hash::<Sha1>)?;
    map(c"orm_sha224", hash::<Sha224>)?;
    map(c"orm_sha256", hash::<Sha256>)?;
    map(c"orm_sha384", hash::<Sha384>)?;
    map(c"orm_sha512", hash::<Sha512>)?;
    connection.create_scalar_function(c"orm_length", 1, FLAGS, |context| {
        Ok(text(context, 0)?.map(|text| integer(text.chars().count())))
    })?;
    connection.create_scalar_function(c"orm_ord", 1, FLAGS, |context| {
        Ok(text(context, 0)?.map(|text| text.chars().next().map_or(0, u32::from)))
    })?;
    connection.create_scalar_function(c"orm_chr", 1, FLAGS, |context| chr(context))?;
    connection.create_scalar_function(c"orm_substr", 2, FLAGS, |context| substr(context, false))?;
    connection.create_scalar_function(c"orm_substr", 3, FLAGS, |context| substr(context, true))?;
    connection.create_scalar_function(c"orm_left", 2, FLAGS, |context| {
        let (Some(text), Some(length)) = (text(context, 0)?, length(context, 1)?) else { return Ok(None) };
        Ok(Some(first(&text, length).to_owned()))
    })?;
    connection.create_scalar_function(c"orm_right", 2, FLAGS, |context| {
        let (Some(text), Some(length)) = (text(context, 0)?, length(context, 1)?) else { return Ok(None) };
        Ok(Some(last(&text, length).to_owned()))
    })?;
    connection.create_scalar_function(c"orm_repeat", 2, FLAGS, |context| repeat(context))?;
    connection.create_scalar_function(c"orm_replace", 3, FLAGS, |context| replace(context))?;
    connection.create_scalar_function(c"orm_lpad", 3, FLAGS, |context| pad(context, true))?;
    connection.create_scalar_function(c"orm_rpad", 3, FLAGS, |context| pad(context, false))?;
    connection.create_scalar_function(c"orm_startswith", 2, FLAGS, |context| {
        let (Some(whole), Some(part)) = (text(context, 0)?, text(context, 1)?) else { return Ok(None) };
        Ok(Some(whole.starts_with(part.as_ref())))
    })?;
    connection.create_scalar_function(c"orm_endswith", 2, FLAGS, |context| {
        let (Some(whole), Some(part)) = (text(context, 0)?, text(context, 1)?) else { return Ok(None) };
        Ok(Some(whole.ends_with(part.as_ref())))
    })
}

fn hash<D: Digest>(text: &str) -> String {
    let mut digits = String::new();
    for byte in D::digest(text.as_bytes()) {
        for half in [byte >> 4, byte & 15] {
            digits.extend(char::from_digit(half.into(), 16));
        }
    }
    digits
}

/// The character of a code point; NULL for 0, which not every database holds, and for what is none.
fn chr(context: &Context<'_>) -> Result<Option<String>> {
    let number = context.get::<Option<i64>>(0)?.and_then(|number| u32::try_from(number).ok());
    Ok(number.filter(|number| *number > 0).and_then(char::from_u32).map(String::from))
}

/// Positions count from 1, and what is before the first is the first.
fn substr(context: &Context<'_>, limited: bool) -> Result<Option<String>> {
    let (Some(text), Some(position)) = (text(context, 0)?, length(context, 1)?) else { return Ok(None) };
    let rest = after(&text, position.saturating_sub(1));
    if !limited {
        return Ok(Some(rest.to_owned()));
    }
    Ok(length(context, 2)?.map(|length| first(rest, length).to_owned()))
}

fn repeat(context: &Context<'_>) -> Result<Option<String>> {
    let (Some(text), Some(times)) = (text(context, 0)?, length(context, 1)?) else { return Ok(None) };
    if text.is_empty() {
        return Ok(Some(String::new()));
    }
    let mut repeated = room(text.len().checked_mul(times))?;
    for _ in 0..times {
        repeated.push_str(&text);
    }
    Ok(Some(repeated))
}

/// One text in place of another; nothing is replaced by nothing.
fn replace(context: &Context<'_>) -> Result<Option<String>> {
    let (Some(text), Some(from), Some(to)) = (text(context, 0)?, text(context, 1)?, text(context, 2)?) else {
        return Ok(None);
    };
    if from.is_empty() {
        return Ok(Some(text.into_owned()));
    }
    let found = text.matches(from.as_ref()).count();
    let more = found.checked_mul(to.len().saturating_sub(from.len()));
    let mut replaced = room(more.and_then(|more| more.checked_add(text.len())))?;
    for (index, part) in text.split(from.as_ref()).enumerate() {
        if index > 0 {
            replaced.push_str(&to);
        }
        replaced.push_str(part);
    }
    Ok(Some(replaced))
}

/// Filled up to a length, or cut to it.
fn pad(context: &Context<'_>, at_start: bool) -> Result<Option<String>> {
    let (Some(text), Some(wanted), Some(fill)) = (text(context, 0)?, length(context, 1)?, text(context, 2)?)
    else {
        return Ok(None);
    };
    let missing = wanted.saturating_sub(text.chars().count());
    if missing == 0 || fill.is_empty() {
        return Ok(Some(first(&text, wanted).to_owned()));
    }
    let count = fill.chars().count();
    let times = missing.checked_div(count).unwrap_or(0);
    let part = first(&fill, missing.checked_rem(count).unwrap_or(0));
    let filling = fill.len().checked_mul(times).and_then(|bytes| bytes.checked_add(part.len()));
    let mut padded = room(filling.and_then(|filling| filling.checked_add(text.len())))?;
    if !at_start {
        padded.push_str(&text);
    }
    for _ in 0..times {
        padded.push_str(&fill);
    }
    padded.push_str(part);
    if at_start {
        padded.push_str(&text);
    }
    Ok(Some(padded))
}

/// An argument as a number of characters: not less than none.
fn length(context: &Context<'_>, index: usize) -> Result<Option<usize>> {
    let number = context.get::<Option<i64>>(index)?;
    Ok(number.map(|number| usize::try_from(number.max(0)).unwrap_or(usize::MAX)))
}

fn first(text: &str, length: usize) -> &str {
    text.char_indices().nth(length).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

fn after(text: &str, skipped: usize) -> &str {
    text.char_indices().nth(skipped).and_then(|(at, _)| text.get(at..)).unwrap_or("")
}

fn last(text: &str, length: usize) -> &str {
    match length.checked_sub(1) {
        None => "",
        Some(skipped) => {
            text.char_indices().rev().nth(skipped).and_then(|(at, _)| text.get(at..)).unwrap_or(text)
        }
    }
}

/// A text with room for so many bytes, or an error where there is none.
fn room(bytes: Option<usize>) -> Result<String> {
    let mut text = String::new();
    match bytes {
        Some(bytes) if bytes <= MOST_BYTES && text.try_reserve_exact(bytes).is_ok() => Ok(text),
        _ => Err(refused("text: longer than a text can be")),
    }
}

fn integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::{answer, ask};

    #[track_caller]
    fn gives(sql: &str, expected: &str) {
        assert_eq!(answer(&format!("SELECT {sql}")).as_deref(), Some(expected), "{sql}");
    }

    #[test]
    fn characters_are_counted() {
        gives("orm_lower('ÄÖΑΣ')", "äöασ");
        gives("orm_upper('straße')", "STRAßE");
        gives("orm_length('é😀e\u{301}')", "4");
        gives("orm_length('a' || char(0) || 'b')", "3");
        gives("orm_reverse('é😀a')", "a😀é");
        gives("orm_substr('héllo', 2, 2)", "él");
        gives("orm_substr('héllo', -5, 2)", "hé");
        gives("orm_substr('héllo', 4)", "lo");
        gives("orm_substr('héllo', 9)", "");
        gives("orm_left('héllo', 2)", "hé");
        gives("orm_right('héllo', 4)", "éllo");
        gives("orm_right('héllo', 9223372036854775807)", "héllo");
        gives("orm_right('héllo', -1)", "");
        gives("orm_ord('😀')", "128512");
        gives("orm_ord('')", "0");
        gives("orm_chr(128512)", "😀");
        for none in ["orm_chr(0)", "orm_chr(-1)", "orm_chr(55296)", "orm_chr(1114112)", "orm_chr(4294967361)"]
        {
            assert_eq!(answer(&format!("SELECT {none}")), None, "{none}");
        }
    }

    #[test]
    fn texts_grow_to_a_limit() {
        gives("orm_repeat('é', 3)", "ééé");
        gives("orm_repeat('é', -3)", "");
        gives("orm_repeat('', 9223372036854775807)", "");
        gives("orm_replace('aXbX', 'X', '__')", "a__b__");
        gives("orm_replace('ab', '', 'x')", "ab");
        gives("orm_lpad('é', 4, '😀ß')", "😀ß😀é");
        gives("orm_rpad('é', 4, '😀ß')", "é😀ß😀");
        gives("orm_lpad('héllo', 2, 'x')", "hé");
        gives("orm_rpad('héllo', -2, 'x')", "");
        gives("orm_rpad('a', 9223372036854775807, '')", "a");
        for wrong in [
            "orm_repeat('ab', 1000000000)",
            "orm_repeat('a', 9223372036854775807)",
            "orm_lpad('a', 9223372036854775807, 'ab')",
            "orm_replace(orm_repeat('a', 1000000), 'a', orm_repeat('b', 1000000))",
        ] {
            assert!(ask(&format!("SELECT {wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hashes_are_hexadecimal() {
        gives("orm_md5('')", "d41d8cd98f00b204e9800998ecf8427e");
        gives("orm_sha1('')", "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        gives("orm_sha224('é')", "33dd9448e5538d16ddc6df32dd7f16240cac6cb5238c1c22cb33ae66");
        gives(
            "length(orm_sha256('')) || ' ' || length(orm_sha384('')) || ' ' || length(orm_sha512(''))",
            "64 96 128",
        );
    }

    #[test]
    fn null_gives_null() {
        for call in [
            "orm_lower(NULL)",
            "orm_upper(NULL)",
            "orm_length(NULL)",
            "orm_reverse(NULL)",
            "orm_ord(NULL)",
            "orm_chr(NULL)",
            "orm_substr('a', NULL)",
            "orm_substr('a', 1, NULL)",
            "orm_left(NULL, 1)",
            "orm_right('a', NULL)",
            "orm_repeat('a', NULL)",
            "orm_replace('a', 'b', NULL)",
            "orm_lpad('a', NULL, 'b')",
            "orm_startswith('a', NULL)",
            "orm_endswith(NULL, '')",
            "orm_sha256(NULL)",
        ] {
            assert_eq!(answer(&format!("SELECT {call}")), None, "{call}");
        }
        gives("orm_startswith('ab', '')", "1");
        gives("orm_endswith('ab', 'a')", "0");
    }
}
