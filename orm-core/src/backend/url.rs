//! What the URLs of all drivers share: the pool's parameters, durations, percent-encoding.
//!
//! A URL holds a password, and what was not percent-encoded in it may end up anywhere: so nothing here repeats a
//! value, and a name only when it looks like one.

use std::time::Duration;

use super::PoolOptions;
use crate::error::{Error, Result};

/// Longest duration that a URL may give: more is a slip of the pen, and overflows a server's settings.
const LONGEST: Duration = Duration::from_hours(24);

/// Most connections or statements that a URL may ask for.
const MOST: usize = 1_000_000;

impl PoolOptions {
    /// Sets the option that a URL's parameter names; false when it names none of the pool's.
    ///
    /// # Errors
    /// The value cannot be used.
    pub fn set_parameter(&mut self, name: &str, value: &str) -> Result<bool> {
        match name {
            "pool_size" => match number("pool_size", value)? {
                0 => return Err(config("`pool_size` is at least 1")),
                size => self.pool_size = size,
            },
            "max_overflow" => self.max_overflow = number("max_overflow", value)?,
            "statement_cache" => self.statement_cache = number("statement_cache", value)?,
            "max_age" => self.max_age = optional_duration("max_age", value)?,
            "health_check_after" => self.health_check_after = optional_duration("health_check_after", value)?,
            "statement_timeout" => self.statement_timeout = optional_duration("statement_timeout", value)?,
            "slow_query_after" => self.slow_query_after = optional_duration("slow_query_after", value)?,
            "long_transaction_after" => {
                self.long_transaction_after = optional_duration("long_transaction_after", value)?;
            }
            "max_value_bytes" => self.max_value_bytes = optional_count("max_value_bytes", value)?,
            "many_rows_from" => self.many_rows_from = optional_count("many_rows_from", value)?,
            "max_rows" => self.max_rows = optional_count("max_rows", value)?,
            "acquire_timeout" => self.acquire_timeout = duration("acquire_timeout", value)?,
            "connect_timeout" => self.connect_timeout = duration("connect_timeout", value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The parameters of a query string, decoded, in order.
///
/// # Errors
/// One has no `=`, is not percent-encoded UTF-8, or stands twice.
pub fn parameters(query: &str) -> Result<Vec<(&str, String)>> {
    let mut all: Vec<(&str, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) =
            pair.split_once('=').ok_or_else(|| config("a parameter of the URL has no `=` and value"))?;
        if all.iter().any(|(seen, _)| *seen == name) {
            return Err(config("a parameter of the URL is given twice"));
        }
        all.push((name, decode(value, "parameter")?));
    }
    Ok(all)
}

/// The error for a parameter that nobody knows; `known` lists the driver's own.
pub fn unknown_parameter(name: &str, known: &str) -> Error {
    const POOL: &str = "pool_size, max_overflow, statement_cache, max_age, health_check_after, acquire_timeout, \
                        connect_timeout, statement_timeout, slow_query_after, long_transaction_after, many_rows_from, \
                        max_rows, max_value_bytes";
    let plain =
        name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte));
    if plain && !name.is_empty() {
        config(format!("the URL has an unknown parameter `{name}`; there are {known}, {POOL}"))
    } else {
        config(format!("the URL has an unknown parameter; there are {known}, {POOL}"))
    }
}

/// A number of something, or `off`.
fn optional_count(name: &'static str, value: &str) -> Result<Option<u64>> {
    if value == "off" {
        return Ok(None);
    }
    match value.parse::<u64>() {
        Ok(rows @ 1..) => Ok(Some(rows)),
        _ => Err(config(format!("`{name}` is a number such as 100000, or `off`"))),
    }
}

/// A whole number.
///
/// # Errors
/// It is not one, or it is larger than a million.
pub fn number(name: &'static str, value: &str) -> Result<usize> {
    // `parse` would take a plus sign.
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value
        .parse()
        .ok()
        .filter(|number| digits && *number <= MOST)
        .ok_or_else(|| config(format!("`{name}` is a whole number up to {MOST}")))
}

/// A duration, or `off`.
///
/// # Errors
/// It is neither.
pub fn optional_duration(name: &'static str, value: &str) -> Result<Option<Duration>> {
    if value == "off" { Ok(None) } else { duration(name, value).map(Some) }
}

/// A duration above zero and up to a day: `100us`, `500ms`, `30s`, `5m`, `1h`.
///
/// # Errors
/// It is not one.
pub fn duration(name: &'static str, value: &str) -> Result<Duration> {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (amount, unit) = value.split_at_checked(digits).unwrap_or((value, ""));
    let micros_each = match unit {
        "us" => Some(1),
        "ms" => Some(1_000),
        "s" => Some(1_000_000),
        "m" => Some(60_000_000),
        "h" => Some(3_600_000_000),
        _ => None,
    };
    amount
        .parse::<u64>()
        .ok()
        .zip(micros_each)
        .and_then(|(amount, each): (u64, u64)| amount.checked_mul(each))
        .map(Duration::from_micros)
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
        .ok_or_else(|| {
            config(format!(
                "`{name}` is a duration above zero and up to a day, such as `500ms`, `30s`, `5m` or `1h`"
            ))
        })
}

/// Undoes percent-encoding.
///
/// # Errors
/// A `%` is not followed by two digits, or the text is not UTF-8 or contains NUL.
pub fn decode(text: &str, what: &'static str) -> Result<String> {
    let malformed = || config(format!("the URL's {what} is not percent-encoded UTF-8"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let (digits, after) = after.split_first_chunk::<2>().ok_or_else(malformed)?;
            let [high, low] =
                digits.map(|digit| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
            bytes.push(high.ok_or_else(malformed)? * 16 + low.ok_or_else(malformed)?);
            rest = after;
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    if bytes.contains(&0) {
        return Err(config(format!("the URL's {what} contains the NUL character")));
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}

fn config(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Config(message.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_and_a_bound() {
        assert_eq!(duration("x", "100us").unwrap(), Duration::from_micros(100));
        assert_eq!(duration("x", "5m").unwrap(), Duration::from_mins(5));
        assert_eq!(duration("x", "24h").unwrap(), Duration::from_hours(24));
        assert_eq!(optional_duration("x", "off").unwrap(), None);
        for wrong in ["", "5", "0s", "-1s", "+1s", "1.5s", "5d", "25h", "99999999999999999999s", "off", "ü"]
        {
            assert!(duration("x", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn percent_encoding_is_undone_or_refused() {
        assert_eq!(decode("p%40ss%2Fw%c3%bc", "password").unwrap(), "p@ss/wü");
        for wrong in ["%", "%4", "%zz", "%ff", "%00", "%+1"] {
            assert!(decode(wrong, "password").is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_option_of_the_pool_has_a_parameter() {
        let mut options = PoolOptions::default();
        let given = "pool_size=3&max_overflow=2&statement_cache=0&max_age=off&health_check_after=1m&acquire_timeout=1s\
                     &connect_timeout=2s&statement_timeout=3s&slow_query_after=4s&long_transaction_after=off&many_rows_from=6&max_rows=7&max_value_bytes=8";
        for (name, value) in parameters(given).unwrap() {
            assert!(options.set_parameter(name, &value).unwrap(), "{name}");
        }
        assert_eq!((options.pool_size, options.max_overflow, options.statement_cache), (3, 2, 0));
        assert_eq!((options.max_age, options.health_check_after), (None, Some(Duration::from_mins(1))));
        assert_eq!(
            (options.acquire_timeout, options.connect_timeout),
            (Duration::from_secs(1), Duration::from_secs(2))
        );
        assert_eq!(options.statement_timeout, Some(Duration::from_secs(3)));
        assert_eq!(
            (options.slow_query_after, options.long_transaction_after),
            (Some(Duration::from_secs(4)), None)
        );
        let limits = (options.many_rows_from, options.max_rows, options.max_value_bytes);
        assert_eq!(limits, (Some(6), Some(7), Some(8)));
        assert!(options.set_parameter("many_rows_from", "off").unwrap() && options.many_rows_from.is_none());
        assert!(options.set_parameter("max_rows", "off").unwrap() && options.max_rows.is_none());
        assert!(options.set_parameter("max_rows", "0").is_err());
        assert!(!options.set_parameter("poolsize", "3").unwrap());
        assert!(options.set_parameter("pool_size", "0").is_err());
        assert!(parameters("a=1&a=2").is_err() && parameters("a").is_err());
    }

    #[test]
    fn an_unknown_parameter_is_named_only_when_it_looks_like_a_name() {
        assert!(unknown_parameter("pool-sise", "mode").to_string().contains("pool-sise"));
        assert!(!unknown_parameter("s3cret!", "mode").to_string().contains("s3cret"));
    }
}
