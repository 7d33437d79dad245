//! The values of a new row from JSON and other formats: what derived code calls.
//!
//! Derived by hand and not by serde's macro, so that a model is no slower to compile for it: nothing of it is generated until a
//! program deserializes a `NewPost`. Then its fields' types have to be `Deserialize`, and not before.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected,
    Visitor,
};

use super::Column;

/// A field whose values can be deserialized. Derived code asks for it instead of `Deserialize<'de>` of the field's type: with
/// that among its bounds the compiler would take them for all that is known about common types such as `i64`, and would say
/// again what is wrong with a type that cannot be a field.
pub trait DeserializeColumn<'de>: Column {
    /// The value behind a name.
    ///
    /// # Errors
    /// It is no value of the field.
    fn of_map<A: MapAccess<'de>>(map: &mut A) -> Result<Self::Type, A::Error>;

    /// The value behind a name, or a null.
    ///
    /// # Errors
    /// It is no value of the field.
    fn of_map_or_null<A: MapAccess<'de>>(map: &mut A) -> Result<Option<Self::Type>, A::Error>;

    /// The next value of a sequence, if there is one.
    ///
    /// # Errors
    /// It is no value of the field.
    fn of_sequence<A: SeqAccess<'de>>(sequence: &mut A) -> Result<Option<Self::Type>, A::Error>;

    /// The next value of a sequence, or a null, if there is one.
    ///
    /// # Errors
    /// It is no value of the field.
    fn of_sequence_or_null<A: SeqAccess<'de>>(
        sequence: &mut A,
    ) -> Result<Option<Option<Self::Type>>, A::Error>;
}

impl<'de, C: Column<Type: DeserializeOwned>> DeserializeColumn<'de> for C {
    fn of_map<A: MapAccess<'de>>(map: &mut A) -> Result<C::Type, A::Error> {
        map.next_value()
    }

    fn of_map_or_null<A: MapAccess<'de>>(map: &mut A) -> Result<Option<C::Type>, A::Error> {
        map.next_value()
    }

    fn of_sequence<A: SeqAccess<'de>>(sequence: &mut A) -> Result<Option<C::Type>, A::Error> {
        sequence.next_element()
    }

    fn of_sequence_or_null<A: SeqAccess<'de>>(sequence: &mut A) -> Result<Option<Option<C::Type>>, A::Error> {
        sequence.next_element()
    }
}

/// Reads the name of a field as its position; `None` for names that are no field's.
#[derive(Clone, Copy)]
pub struct Names(pub &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Names {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Names {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|field| *field == name))
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|field| field.as_bytes() == name))
    }

    fn visit_u64<E: Error>(self, position: u64) -> Result<Self::Value, E> {
        Ok(usize::try_from(position).ok().filter(|position| *position < self.0.len()))
    }
}

/// The value of a field that was met, which may be there once.
///
/// # Errors
/// It is there twice, or is no value of the field.
pub fn given<'de, C: DeserializeColumn<'de>, A: MapAccess<'de>>(
    slot: &mut Option<C::Type>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    once(slot, name, || C::of_map(map))
}

/// The value of a field that was met, which may be there once; a null stands for none.
///
/// # Errors
/// It is there twice, or is no value of the field.
pub fn given_or_null<'de, C: DeserializeColumn<'de>, A: MapAccess<'de>>(
    slot: &mut Option<Option<C::Type>>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    once(slot, name, || C::of_map_or_null(map))
}

fn once<T, E: Error>(
    slot: &mut Option<T>,
    name: &'static str,
    value: impl FnOnce() -> Result<T, E>,
) -> Result<(), E> {
    if slot.is_some() {
        return Err(E::duplicate_field(name));
    }
    *slot = Some(value()?);
    Ok(())
}

/// The value of a required field.
///
/// # Errors
/// It was not there.
pub fn missing<T, E: Error>(slot: Option<T>, name: &'static str) -> Result<T, E> {
    slot.ok_or_else(|| E::missing_field(name))
}

/// Reads past a value that no field takes.
///
/// # Errors
/// The input is no value.
pub fn pass<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// The next value of a sequence, as formats without names have it.
///
/// # Errors
/// There is none.
pub fn next<'de, C: DeserializeColumn<'de>, A: SeqAccess<'de>>(
    sequence: &mut A,
    name: &'static str,
) -> Result<C::Type, A::Error> {
    C::of_sequence(sequence)?.ok_or_else(|| A::Error::invalid_value(Unexpected::Seq, &name))
}

/// The next value of a sequence, as formats without names have it; a null stands for none.
///
/// # Errors
/// There is none.
pub fn next_or_null<'de, C: DeserializeColumn<'de>, A: SeqAccess<'de>>(
    sequence: &mut A,
    name: &'static str,
) -> Result<Option<C::Type>, A::Error> {
    C::of_sequence_or_null(sequence)?.ok_or_else(|| A::Error::invalid_value(Unexpected::Seq, &name))
}
