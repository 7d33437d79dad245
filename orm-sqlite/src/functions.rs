//! What every connection can say beyond SQLite itself: regular expressions, functions of text and exact decimals, JSON.

mod aggregate;
mod calculate;
mod convert;
mod datetime;
mod json;
mod math;
mod text;

use std::error::Error as StdError;
use std::sync::{Mutex, PoisonError};

use regex::{Regex, RegexBuilder};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};
use rust_decimal::Decimal;

use crate::decimal;
use crate::error::FUNCTION_PREFIX;

/// Compiled patterns kept per connection; SQLite keeps the one of a running statement besides.
const PATTERNS: usize = 32;
/// Bytes that one compiled pattern may take.
const PATTERN_BYTES: usize = 1 << 20;

const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// Registers all of it.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    let patterns = Mutex::new(Patterns::default());
    connection.create_scalar_function(c"regexp", 2, FLAGS, move |context| {
        regexp(context, &mut patterns.lock().unwrap_or_else(PoisonError::into_inner))
    })?;
    text::register(connection)?;
    datetime::register(connection)?;
    connection.create_collation(c"ORM_DECIMAL", decimal::compare)?;
    calculate::register(connection)?;
    math::register(connection)?;
    convert::register(connection)?;
    json::register(connection)?;
    aggregate::register(connection)
}

/// `text REGEXP pattern` is `regexp(pattern, text)`.
fn regexp(context: &Context<'_>, patterns: &mut Patterns) -> Result<Option<bool>> {
    let (Some(pattern), Some(text)) = (text(context, 0)?, text(context, 1)?) else { return Ok(None) };
    Ok(Some(patterns.get(&pattern)?.is_match(&text)))
}

/// The least recently used pattern goes first; few are in use at once, so a list does.
#[derive(Default)]
struct Patterns(Vec<(String, Regex)>);

impl Patterns {
    fn get(&mut self, pattern: &str) -> Result<&Regex> {
        if let Some(at) = self.0.iter().rposition(|(known, _)| known == pattern) {
            // The newest stands last; one that is used all the time does not move.
            if at.saturating_add(1) < self.0.len() {
                let known = self.0.remove(at);
                self.0.push(known);
            }
        } else {
            let regex = RegexBuilder::new(pattern)
                .size_limit(PATTERN_BYTES)
                .build()
                .map_err(|error| refused(&format!("regexp: {error}")))?;
            if self.0.len() >= PATTERNS {
                self.0.remove(0);
            }
            self.0.push((pattern.to_owned(), regex));
        }
        self.0.last().map(|(_, regex)| regex).ok_or_else(|| refused("regexp: no pattern"))
    }
}

/// An argument as a decimal; a REAL only where it has lost no digit.
#[inline]
fn number(context: &Context<'_>, index: usize) -> Result<Option<Decimal>> {
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(value) => Ok(Some(Decimal::from(value))),
        ValueRef::Text(text) => decimal::parse(text).map(Some).map_err(|error| match error {
            decimal::Unreadable::Form => refused("decimal: a text that is no number"),
            decimal::Unreadable::Digits => overflow(),
        }),
        ValueRef::Real(real) => {
            let number = decimal::from_real(real);
            number.map(Some).map_err(|_| refused("decimal: a REAL with more digits than are certain (15)"))
        }
        ValueRef::Blob(_) => Err(refused("decimal: a BLOB")),
    }
}

/// An argument as text, as SQLite's own functions see a number.
fn text<'a>(context: &'a Context<'_>, index: usize) -> Result<Option<std::borrow::Cow<'a, str>>> {
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(value) => Ok(Some(value.to_string().into())),
        ValueRef::Real(value) => Ok(Some(value.to_string().into())),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text.into())),
            Err(_) => Err(refused("a text that is not UTF-8")),
        },
    }
}

fn overflow() -> rusqlite::Error {
    refused("decimal: more digits than 28")
}

fn refused(what: &str) -> rusqlite::Error {
    let error: Box<dyn StdError + Send + Sync> = format!("{FUNCTION_PREFIX}{what}").into();
    rusqlite::Error::UserFunctionError(error)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(super) fn ask(sql: &str) -> Result<Option<String>> {
        let connection = Connection::open_in_memory()?;
        register(&connection)?;
        connection.query_row(sql, [], |row| {
            Ok(match row.get_ref(0)? {
                ValueRef::Null => None,
                ValueRef::Integer(value) => Some(value.to_string()),
                ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                other => Some(format!("{other:?}")),
            })
        })
    }

    pub(super) fn answer(sql: &str) -> Option<String> {
        ask(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    #[test]
    fn regexp() {
        assert_eq!(answer("SELECT 'Straße' REGEXP '^str.*e$'").as_deref(), Some("0"));
        assert_eq!(answer("SELECT 'Straße' REGEXP '(?i)^str.*e$'").as_deref(), Some("1"));
        assert_eq!(answer("SELECT NULL REGEXP 'x'"), None);
        let error = ask("SELECT 'x' REGEXP '('").expect_err("an invalid pattern").to_string();
        assert!(error.contains("unclosed group"), "{error}");
        assert!(ask("SELECT 'x' REGEXP 'a{1000}{1000}{1000}'").is_err());
    }

    #[test]
    fn patterns_are_bounded() {
        let mut patterns = Patterns::default();
        for pattern in 0..100 {
            assert!(
                patterns.get(&pattern.to_string()).is_ok_and(|regex| regex.is_match(&pattern.to_string()))
            );
            assert!(patterns.get("0").is_ok_and(|regex| regex.as_str() == "0"));
        }
        assert_eq!(patterns.0.len(), PATTERNS);
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(answer("SELECT orm_dec_add('0.1', '0.2')").as_deref(), Some("0.3"));
        assert_eq!(answer("SELECT orm_dec_sub(1, '0.90')").as_deref(), Some("0.10"));
        assert_eq!(answer("SELECT orm_dec_mul('1.5', 2)").as_deref(), Some("3.0"));
        assert_eq!(answer("SELECT orm_dec_div('1', '8')").as_deref(), Some("0.125"));
        assert_eq!(answer("SELECT orm_dec_div('1', '0.00')"), None);
        assert_eq!(answer("SELECT orm_dec_add(NULL, '1')"), None);
        assert_eq!(answer("SELECT orm_dec_add(0.99, '0.01')").as_deref(), Some("1.00"));
        assert_eq!(answer("SELECT orm_dec_fit('-0.125', 4, 2)").as_deref(), Some("-0.13"));
        assert_eq!(answer("SELECT orm_dec_fit('99.99', 4, 2)").as_deref(), Some("99.99"));
        assert_eq!(answer("SELECT orm_dec_fit(NULL, 4, 2)"), None);
        assert_eq!(answer("SELECT orm_dec_fit('1.25', 38, 1)").as_deref(), Some("1.3"));
        for wrong in [
            "SELECT orm_dec_fit('99.995', 4, 2)",
            "SELECT orm_dec_fit('100', 4, 2)",
            "SELECT orm_dec_add('x', '1')",
            "SELECT orm_dec_add(0.1 + 0.2, '1')",
            "SELECT orm_dec_add(x'31', '1')",
            "SELECT orm_dec_mul('79228162514264337593543950335', '10')",
            "SELECT orm_dec_add('79228162514264337593543950335', '0.1')",
        ] {
            assert!(ask(wrong).is_err(), "{wrong}");
        }
        let rows = "FROM (SELECT '0.1' AS a UNION ALL SELECT '0.2' UNION ALL SELECT NULL UNION ALL SELECT 1)";
        assert_eq!(answer(&format!("SELECT orm_dec_sum(a) {rows}")).as_deref(), Some("1.3"));
        assert_eq!(answer(&format!("SELECT orm_dec_sum(a) {rows} WHERE a IS NULL")), None);
        assert_eq!(
            answer("SELECT orm_dec_avg(a) FROM (SELECT '1' AS a UNION ALL SELECT '2')").as_deref(),
            Some("1.5")
        );
    }

    #[test]
    fn the_collation_orders_and_equals_numbers() {
        let connection = Connection::open_in_memory().expect("a database");
        register(&connection).expect("functions");
        connection
            .execute_batch(
                "CREATE TABLE t (a TEXT COLLATE ORM_DECIMAL UNIQUE);
                 INSERT INTO t VALUES ('10'), ('9.50'), ('-1'), ('9.4')",
            )
            .expect("rows");
        let list: String = connection
            .query_row("SELECT group_concat(a, ' ') FROM (SELECT a FROM t ORDER BY a)", [], |row| row.get(0))
            .expect("a list");
        assert_eq!(list, "-1 9.4 9.50 10");
        let count: i64 = connection
            .query_row("SELECT count(*) FROM t WHERE a = '9.5'", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(count, 1);
        assert!(connection.execute("INSERT INTO t VALUES ('10.0')", []).is_err());
    }
}
