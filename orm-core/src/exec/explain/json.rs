//! JSON that keeps an object's order and its repeated keys: MariaDB before 10.9 repeats `table` for each table of a join.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, FieldError, Result, ValueError};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    Array(Vec<Json>),
    Object(Object),
}

/// An object's entries as they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object(pub(super) Vec<(String, Json)>);

impl Json {
    /// Reads a document. The depth is bounded by `serde_json`.
    pub(super) fn parse(text: &str) -> Result<Json> {
        // The parser's message may quote the plan.
        serde_json::from_str(text).map_err(|_| unreadable("it is not JSON, or nested too deep"))
    }

    pub(super) fn object(&self) -> Option<&Object> {
        match self {
            Json::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The objects of an array, or an object itself.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Object> {
        let items = match self {
            Json::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        items.iter().filter_map(Json::object)
    }

    /// A number; also one in a text, as MySQL writes costs.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Json::Number(number) => number.as_f64(),
            Json::Text(text) => text.parse().ok(),
            _ => None,
        }
        .filter(|number| number.is_finite())
    }

    /// A single value, or single values of an array, as a text.
    pub(super) fn plain(&self) -> Option<String> {
        match self {
            Json::Null | Json::Object(_) => None,
            Json::Bool(value) => Some(value.to_string()),
            Json::Number(number) => Some(number.to_string()),
            Json::Text(text) => Some(text.clone()),
            Json::Array(items) => {
                let texts: Vec<String> = items.iter().filter_map(Json::plain).collect();
                (!texts.is_empty()).then(|| texts.join(", "))
            }
        }
    }
}

impl Object {
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What [`Json::plain`] gives, owned.
    pub(super) fn plain(&self, key: &str) -> Option<String> {
        self.get(key)?.plain()
    }

    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.number()
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.get(key) == Some(&Json::Bool(true))
    }

    /// A number of milliseconds.
    pub(super) fn millis(&self, key: &str) -> Option<Duration> {
        millis(self.number(key)?)
    }

    /// What can be shown as a text, but for the keys that were read otherwise.
    pub(super) fn rest(&self, read: &[&str]) -> Vec<(String, String)> {
        self.0
            .iter()
            .filter(|(key, _)| !read.contains(&key.as_str()))
            .filter_map(|(key, value)| Some((key.clone(), value.plain()?)))
            .collect()
    }
}

/// A length of time, if it is one.
pub(super) fn millis(millis: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(millis / 1_000.0).ok()
}

/// The error for an answer that is no plan; it never repeats the answer, which may hold values.
pub(super) fn unreadable(why: &str) -> Error {
    let what = format!("the database's plan cannot be read: {why}");
    FieldError::unplaced(ValueError::Invalid(what.into())).into()
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Json::Object(Object(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repeated_keys_are_kept() {
        let json = Json::parse(r#"{"b": 1, "a": [true, "x", 2.5, null], "b": {"c": "7.25"}}"#).unwrap();
        let object = json.object().unwrap();
        assert_eq!(object.0.iter().map(|(key, _)| key.as_str()).collect::<String>(), "bab");
        assert_eq!(object.plain("a").as_deref(), Some("true, x, 2.5"));
        assert_eq!(object.0[2].1.object().unwrap().number("c"), Some(7.25));
        assert_eq!(object.rest(&["a"]), [("b".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn what_is_no_json_is_an_error_that_tells_nothing() {
        let deep = "[".repeat(100_000);
        for text in ["", "{", "secret", "{\"secret\": }", "[1,", deep.as_str()] {
            let error = Json::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }

    #[test]
    fn numbers_that_are_no_time() {
        for number in [-1.0, f64::MAX, f64::NAN, f64::INFINITY] {
            assert_eq!(millis(number), None);
        }
        assert_eq!(millis(1.5), Some(Duration::from_micros(1_500)));
    }
}
