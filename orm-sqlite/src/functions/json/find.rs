//! One value out of a JSON text; what is beside the path is skipped and not built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A step into a document.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    /// The member of an object.
    Key(&'a str),
    /// The element of an array.
    Index(usize),
}

/// What is at the path; of a key that is there twice the last, as where documents are not kept as text.
pub(super) fn find(text: &str, steps: &[Step<'_>]) -> serde_json::Result<Option<Value>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let found = Walk(steps).deserialize(&mut json)?;
    json.end()?;
    Ok(found)
}

struct Walk<'s>(&'s [Step<'s>]);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        match self.0.split_first() {
            None => serde::Deserialize::deserialize(deserializer).map(Some),
            Some((step, rest)) => deserializer.deserialize_any(Into { step: *step, rest }),
        }
    }
}

/// Whether a key is the one that a step leads to.
struct IsKey<'s>(Step<'s>);

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsKey<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        Ok(matches!(self.0, Step::Key(wanted) if wanted == key))
    }
}

struct Into<'s> {
    step: Step<'s>,
    rest: &'s [Step<'s>],
}

impl<'de> Visitor<'de> for Into<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Value>, A::Error> {
        let mut found = None;
        while let Some(wanted) = map.next_key_seed(IsKey(self.step))? {
            if wanted {
                found = map.next_value_seed(Walk(self.rest))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<Value>, A::Error> {
        let mut found = None;
        let mut at = 0_usize;
        loop {
            if matches!(self.step, Step::Index(wanted) if wanted == at) {
                match seq.next_element_seed(Walk(self.rest))? {
                    Some(value) => found = value,
                    None => return Ok(found),
                }
            } else if seq.next_element::<IgnoredAny>()?.is_none() {
                return Ok(found);
            }
            at = at.saturating_add(1);
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Option<Value>, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Step::{Index, Key};
    use super::*;

    #[test]
    fn finds_what_is_at_a_path() {
        let text = r#"{"a": [{"b": 1}, 2], "\u0061b": {"": null}, "x": 1, "x": 2}"#;
        let at = |steps: &[Step<'_>]| find(text, steps).expect("JSON");
        assert_eq!(at(&[Key("a"), Index(0), Key("b")]), Some(json!(1)));
        assert_eq!(at(&[Key("a"), Index(1)]), Some(json!(2)));
        assert_eq!(at(&[Key("ab"), Key("")]), Some(json!(null)));
        assert_eq!(at(&[Key("x")]), Some(json!(2)));
        for nothing in [
            &[Key("b")][..],
            &[Index(0)],
            &[Key("a"), Key("0")],
            &[Key("x"), Index(0)],
            &[Key("a"), Index(2)],
        ] {
            assert_eq!(at(nothing), None);
        }
        assert!(find("{\"a\": 1", &[Key("a")]).is_err());
        assert!(find("1 2", &[]).is_err());
    }
}
