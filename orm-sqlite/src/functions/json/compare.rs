//! Equality and containment of JSON documents, as jsonb's `=` and `@>`.

use serde_json::{Number, Value};

/// Equal whatever the order of keys and the spelling of numbers.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => left == right || digits(left) == digits(right),
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| equal(left, right)))
        }
        _ => false,
    }
}

/// At the top, and only there, an array contains a scalar that is one of its elements.
pub(super) fn contains(outer: &Value, inner: &Value) -> bool {
    match (outer, inner) {
        (Value::Array(elements), scalar) if !is_container(scalar) => {
            elements.iter().any(|element| equal(element, scalar))
        }
        (outer, inner) => contains_within(outer, inner),
    }
}

fn contains_within(outer: &Value, inner: &Value) -> bool {
    match (outer, inner) {
        (Value::Object(outer), Value::Object(inner)) => {
            inner.iter().all(|(key, inner)| outer.get(key).is_some_and(|outer| contains_within(outer, inner)))
        }
        (Value::Array(outer), Value::Array(inner)) => {
            inner.iter().all(|inner| outer.iter().any(|outer| contains_within(outer, inner)))
        }
        (outer, inner) => equal(outer, inner),
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}

/// A number as its sign, its digits without zeros at either end, and the place of the last: equal for equal numbers.
fn digits(number: &Number) -> (bool, String, i64) {
    let text = number.to_string();
    let (negative, text) = text.strip_prefix('-').map_or((false, text.as_str()), |text| (true, text));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_end_matches('0');
    let zeros = all.len().saturating_sub(significant.len()).saturating_sub(fraction.len());
    let places = fraction.len().saturating_sub(all.len().saturating_sub(significant.len()));
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return (false, String::new(), 0);
    }
    // A float's exponent has three digits, and its mantissa no more than twenty.
    let exponent = exponent.parse::<i64>().unwrap_or_default();
    let shift = i64::try_from(zeros).unwrap_or_default() - i64::try_from(places).unwrap_or_default();
    (negative, significant.to_owned(), exponent.saturating_add(shift))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_str};

    use super::*;

    fn json(text: &str) -> Value {
        from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn numbers_are_equal_by_value() {
        for [left, right] in [
            ["1", "1.0"],
            ["100", "1e2"],
            ["0", "-0.0"],
            ["1.5", "15e-1"],
            ["0.1", "0.10"],
            ["-20", "-2e1"],
            ["18446744073709551615", "18446744073709551615"],
            ["1e300", "1.0e300"],
            ["0", "0.0"],
        ] {
            assert!(equal(&json(left), &json(right)), "{left} = {right}");
        }
        for [left, right] in [
            ["1", "-1"],
            ["1", "10"],
            ["9007199254740993", "9007199254740992.0"],
            ["0.1", "0.01"],
            ["1", "true"],
            ["0", "null"],
            ["5e-324", "0"],
            ["\"1\"", "1"],
            ["[1]", "1"],
        ] {
            assert!(!equal(&json(left), &json(right)), "{left} <> {right}");
        }
    }

    #[test]
    fn containment_is_that_of_jsonb() {
        for (outer, inner, expected) in [
            ("[1, 2]", "1", true),
            ("[[1]]", "1", false),
            ("[[1, 2]]", "[[1]]", true),
            ("[[1, 2]]", "[1]", false),
            ("{\"a\": [1]}", "{\"a\": 1}", false),
            ("1", "[1]", false),
            ("1", "1.0", true),
            ("[1]", "[1, 1, 1]", true),
            ("[]", "[]", true),
            ("[]", "{}", false),
            ("{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"b\": 1}}", true),
            ("{\"a\": {\"b\": 1}}", "{\"b\": 1}", false),
        ] {
            assert_eq!(contains(&json(outer), &json(inner)), expected, "{outer} @> {inner}");
        }
    }
}
