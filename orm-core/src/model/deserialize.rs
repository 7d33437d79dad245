//! The values of a new row from JSON and other formats: what derived code calls.
//!
//! Derived by hand and not by serde's macro, so that a model is hardly slower to compile for it: the derive writes the fields as
//! one type, a tree of pairs, and everything else is here and generated only when a program deserializes a `NewPost`. Then its
//! fields' types have to be `Deserialize`, and not before.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected,
    Visitor,
};

use super::{Column, Declaration, TypeOf};

/// A field whose values can be deserialized. Derived code asks for it instead of `Deserialize<'de>` of the field's type: with
/// that among its bounds the compiler would take them for all that is known about common types such as `i64`, and would say
/// again what is wrong with a type that cannot be a field.
pub trait DeserializeColumn<'de>: Column {
    /// The value behind a name.
    ///
    /// # Errors
    /// It is no value of the field.
    fn of_map<A: MapAccess<'de>>(map: &mut A) -> Result<TypeOf<Self>, A::Error>;

    /// The value behind a name, or a null.
    ///
    /// # Errors
    /// It is no value of the field.
    fn of_map_or_null<A: MapAccess<'de>>(map: &mut A) -> Result<Option<TypeOf<Self>>, A::Error>;

    /// The next value of a sequence, if there is one.
    ///
    /// # Errors
    /// It is no value of the field.
    fn of_sequence<A: SeqAccess<'de>>(sequence: &mut A) -> Result<Option<TypeOf<Self>>, A::Error>;

    /// The next value of a sequence, or a null, if there is one.
    ///
    /// # Errors
    /// It is no value of the field.
    fn of_sequence_or_null<A: SeqAccess<'de>>(
        sequence: &mut A,
    ) -> Result<Option<Option<TypeOf<Self>>>, A::Error>;
}

impl<'de, C: Column<Is: Declaration<Type: DeserializeOwned>>> DeserializeColumn<'de> for C {
    fn of_map<A: MapAccess<'de>>(map: &mut A) -> Result<TypeOf<C>, A::Error> {
        map.next_value()
    }

    fn of_map_or_null<A: MapAccess<'de>>(map: &mut A) -> Result<Option<TypeOf<C>>, A::Error> {
        map.next_value()
    }

    fn of_sequence<A: SeqAccess<'de>>(sequence: &mut A) -> Result<Option<TypeOf<C>>, A::Error> {
        sequence.next_element()
    }

    fn of_sequence_or_null<A: SeqAccess<'de>>(
        sequence: &mut A,
    ) -> Result<Option<Option<TypeOf<C>>>, A::Error> {
        sequence.next_element()
    }
}

/// What the fields get of what was read. Without the lifetime of what is read, so that derived code, which has no more than a bound
/// there, still knows these types.
pub trait SlotValues {
    /// The values of the fields: the same tree.
    type Values;
}

/// What was read of a new row: a tree of pairs with a slot for each field, in order. A tree and not a list, so that the
/// compiler does not go down as many levels as there are fields.
pub trait Slots<'de>: SlotValues + Sized {
    /// How many fields.
    const LEN: usize;

    /// The values, once everything was read.
    ///
    /// # Errors
    /// A field that is required was not there.
    fn values<E: Error>(self, names: &[&'static str]) -> Result<Self::Values, E>;

    /// Nothing was read.
    fn empty() -> Self;

    /// Reads the value of the field at this position.
    ///
    /// # Errors
    /// It is no value of the field, or the field was there before.
    fn take<A: MapAccess<'de>>(&mut self, at: usize, name: &'static str, map: &mut A)
    -> Result<(), A::Error>;

    /// Reads the values of all fields, as formats without names have them.
    ///
    /// # Errors
    /// There are fewer, or one is no value of its field.
    fn take_all<A: SeqAccess<'de>>(
        &mut self,
        names: &[&'static str],
        sequence: &mut A,
    ) -> Result<(), A::Error>;
}

impl SlotValues for () {
    type Values = ();
}

impl<'de> Slots<'de> for () {
    const LEN: usize = 0;

    fn values<E: Error>(self, _: &[&'static str]) -> Result<(), E> {
        Ok(())
    }

    fn empty() {}

    fn take<A: MapAccess<'de>>(&mut self, _: usize, _: &'static str, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }

    fn take_all<A: SeqAccess<'de>>(&mut self, _: &[&'static str], _: &mut A) -> Result<(), A::Error> {
        Ok(())
    }
}

impl<L: SlotValues, R: SlotValues> SlotValues for (L, R) {
    type Values = (L::Values, R::Values);
}

impl<'de, L: Slots<'de>, R: Slots<'de>> Slots<'de> for (L, R) {
    const LEN: usize = L::LEN + R::LEN;

    fn values<E: Error>(self, names: &[&'static str]) -> Result<Self::Values, E> {
        let (left, right) = names.split_at(L::LEN.min(names.len()));
        Ok((self.0.values(left)?, self.1.values(right)?))
    }

    fn empty() -> Self {
        (L::empty(), R::empty())
    }

    fn take<A: MapAccess<'de>>(
        &mut self,
        at: usize,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match at.checked_sub(L::LEN) {
            None => self.0.take(at, name, map),
            Some(at) => self.1.take(at, name, map),
        }
    }

    fn take_all<A: SeqAccess<'de>>(
        &mut self,
        names: &[&'static str],
        sequence: &mut A,
    ) -> Result<(), A::Error> {
        let (left, right) = names.split_at(L::LEN.min(names.len()));
        self.0.take_all(left, sequence)?;
        self.1.take_all(right, sequence)
    }
}

/// The value of a field. Its type stands beside the column, so that nothing about the column is asked, and told to be wrong,
/// where a slot is only held.
pub struct Slot<C, T, N = Needed>(Option<T>, PhantomData<fn() -> (C, N)>);

impl<C, T, N: Need<T>> SlotValues for Slot<C, T, N> {
    type Values = N::Value;
}

impl<'de, C: DeserializeColumn<'de>, N: Need<TypeOf<C>>> Slots<'de> for Slot<C, TypeOf<C>, N> {
    const LEN: usize = 1;

    fn values<E: Error>(self, names: &[&'static str]) -> Result<N::Value, E> {
        N::value(self.0).ok_or_else(|| E::missing_field(names.first().unwrap_or(&"a value")))
    }

    fn empty() -> Self {
        Slot(None, PhantomData)
    }

    fn take<A: MapAccess<'de>>(&mut self, _: usize, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        once(&mut self.0, name, || C::of_map(map))
    }

    fn take_all<A: SeqAccess<'de>>(
        &mut self,
        names: &[&'static str],
        sequence: &mut A,
    ) -> Result<(), A::Error> {
        self.0 = Some(C::of_sequence(sequence)?.ok_or_else(|| too_short(names))?);
        Ok(())
    }
}

/// The value of a field that may be NULL.
pub type SlotNullable<C, T> = Slot<C, T, OrNull>;

/// The value of a field that has a default and may be NULL.
pub type SlotOrDefault<C, T> = Slot<C, T, OrDefault>;

/// What stands for a value that was not there.
pub trait Need<T> {
    /// The value that the field gets.
    type Value;

    /// It, or `None` if it had to be there.
    fn value(read: Option<T>) -> Option<Self::Value>;
}

/// Nothing does: the field is required.
pub struct Needed;

impl<T> Need<T> for Needed {
    type Value = T;

    fn value(read: Option<T>) -> Option<T> {
        read
    }
}

/// NULL.
pub struct OrNull;

impl<T> Need<Option<T>> for OrNull {
    type Value = Option<T>;

    fn value(read: Option<Option<T>>) -> Option<Option<T>> {
        Some(read.flatten())
    }
}

/// The default of a field that may be NULL: a null that was there is one.
pub struct OrDefault;

impl<T> Need<T> for OrDefault {
    type Value = Option<T>;

    #[allow(clippy::option_option, reason = "nothing is missing, a default, a value")]
    fn value(read: Option<T>) -> Option<Option<T>> {
        Some(read)
    }
}

/// The value of a field that may be left to others: a null stands for that.
#[allow(clippy::option_option, reason = "not there, a null, a value")]
pub struct SlotOrNull<C, T>(Option<Option<T>>, PhantomData<fn() -> C>);

impl<C, T> SlotValues for SlotOrNull<C, T> {
    type Values = Option<T>;
}

impl<'de, C: DeserializeColumn<'de>> Slots<'de> for SlotOrNull<C, TypeOf<C>> {
    const LEN: usize = 1;

    fn values<E: Error>(self, _: &[&'static str]) -> Result<Self::Values, E> {
        Ok(self.0.flatten())
    }

    fn empty() -> Self {
        SlotOrNull(None, PhantomData)
    }

    fn take<A: MapAccess<'de>>(&mut self, _: usize, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        once(&mut self.0, name, || C::of_map_or_null(map))
    }

    fn take_all<A: SeqAccess<'de>>(
        &mut self,
        names: &[&'static str],
        sequence: &mut A,
    ) -> Result<(), A::Error> {
        self.0 = Some(C::of_sequence_or_null(sequence)?.ok_or_else(|| too_short(names))?);
        Ok(())
    }
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

fn too_short<E: Error>(names: &[&'static str]) -> E {
    E::invalid_value(Unexpected::Seq, names.first().unwrap_or(&"a value"))
}

/// Reads what `NewPost` is made of; fields with other names are passed over.
///
/// # Errors
/// A value does not fit its field, or that of a required field is missing.
pub fn deserialize<'de, S: Slots<'de>, D: Deserializer<'de>>(
    deserializer: D,
    struct_name: &'static str,
    names: &'static [&'static str],
) -> Result<S::Values, D::Error> {
    let reader = Reader { struct_name, names, slots: PhantomData };
    let slots: S = deserializer.deserialize_struct(struct_name, names, reader)?;
    slots.values(names)
}

struct Reader<S> {
    struct_name: &'static str,
    names: &'static [&'static str],
    slots: PhantomData<fn() -> S>,
}

impl<'de, S: Slots<'de>> Visitor<'de> for Reader<S> {
    type Value = S;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", self.struct_name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S, A::Error> {
        let mut slots = S::empty();
        while let Some(field) = map.next_key_seed(Names(self.names))? {
            match field.and_then(|at| Some((at, *self.names.get(at)?))) {
                Some((at, name)) => slots.take(at, name, &mut map)?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(slots)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<S, A::Error> {
        let mut slots = S::empty();
        slots.take_all(self.names, &mut sequence)?;
        Ok(slots)
    }
}

/// Reads the name of a field as its position; `None` for names that are no field's.
#[derive(Clone, Copy)]
struct Names(&'static [&'static str]);

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
