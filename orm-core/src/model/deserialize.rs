//! The values of a new row from JSON and other formats: what derived code calls.
//!
//! Derived by hand and not by serde's macro, so that a model is hardly slower to compile for it: the derive writes the fields as
//! one type, a tree of pairs, and everything else is here and generated only when a program deserializes a `NewPost`. Then its
//! fields' types have to be `Deserialize`, and not before.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::NewModel;

/// The values of a new row that can be read. Derived code asks for this and not for [`ReadTree`], a bound on a type as large as the
/// model, which the compiler would look through at each mention.
pub trait DeserializeNew<'de>: NewModel {
    /// Reads what `NewPost` is made of; fields with other names are passed over.
    ///
    /// # Errors
    /// A value does not fit its field, or that of a required field is missing.
    fn read<D: Deserializer<'de>>(
        deserializer: D,
        struct_name: &'static str,
        names: &'static [&'static str],
    ) -> Result<Self, D::Error>;
}

impl<'de, N: NewModel<Read: ReadTree<'de>>> DeserializeNew<'de> for N {
    fn read<D: Deserializer<'de>>(
        deserializer: D,
        struct_name: &'static str,
        names: &'static [&'static str],
    ) -> Result<N, D::Error> {
        let reader = Reader::<N::Read> { struct_name, names, tree: PhantomData };
        let slots = deserializer.deserialize_struct(struct_name, names, reader)?;
        N::Read::finish(slots, names).map(N::from_read)
    }
}

/// The values of a new row: a tree of pairs with a leaf for each field, in order. A tree and not a list, so that the compiler does
/// not go down as many levels as there are fields.
pub trait ReadTree<'de>: Sized {
    /// How many fields.
    const LEN: usize;

    /// What was read so far: the same tree.
    type Slots;

    /// Nothing was read.
    fn empty() -> Self::Slots;

    /// Reads the value of the field at this position.
    ///
    /// # Errors
    /// It is no value of the field, or the field was there before.
    fn take<A: MapAccess<'de>>(
        slots: &mut Self::Slots,
        at: usize,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// Reads the values of all fields, as formats without names have them.
    ///
    /// # Errors
    /// There are fewer, or one is no value of its field.
    fn take_all<A: SeqAccess<'de>>(
        slots: &mut Self::Slots,
        names: &[&'static str],
        sequence: &mut A,
    ) -> Result<(), A::Error>;

    /// The values, once everything was read.
    ///
    /// # Errors
    /// A field that is required was not there.
    fn finish<E: Error>(slots: Self::Slots, names: &[&'static str]) -> Result<Self, E>;
}

impl<'de> ReadTree<'de> for () {
    const LEN: usize = 0;

    type Slots = ();

    fn empty() {}

    fn take<A: MapAccess<'de>>((): &mut (), _: usize, _: &'static str, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }

    fn take_all<A: SeqAccess<'de>>((): &mut (), _: &[&'static str], _: &mut A) -> Result<(), A::Error> {
        Ok(())
    }

    fn finish<E: Error>((): (), _: &[&'static str]) -> Result<(), E> {
        Ok(())
    }
}

impl<'de, L: ReadTree<'de>, R: ReadTree<'de>> ReadTree<'de> for (L, R) {
    const LEN: usize = L::LEN + R::LEN;

    type Slots = (L::Slots, R::Slots);

    fn empty() -> Self::Slots {
        (L::empty(), R::empty())
    }

    fn take<A: MapAccess<'de>>(
        slots: &mut Self::Slots,
        at: usize,
        name: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match at.checked_sub(L::LEN) {
            None => L::take(&mut slots.0, at, name, map),
            Some(at) => R::take(&mut slots.1, at, name, map),
        }
    }

    fn take_all<A: SeqAccess<'de>>(
        slots: &mut Self::Slots,
        names: &[&'static str],
        sequence: &mut A,
    ) -> Result<(), A::Error> {
        let (left, right) = names.split_at(L::LEN.min(names.len()));
        L::take_all(&mut slots.0, left, sequence)?;
        R::take_all(&mut slots.1, right, sequence)
    }

    fn finish<E: Error>(slots: Self::Slots, names: &[&'static str]) -> Result<Self, E> {
        let (left, right) = names.split_at(L::LEN.min(names.len()));
        Ok((L::finish(slots.0, left)?, R::finish(slots.1, right)?))
    }
}

/// The value of a required field.
pub struct ReadValue<T>(pub T);

/// The value of a field that may be NULL: `T` is an `Option`, and what is not there is one.
pub struct ReadOrNull<T>(pub T);

/// The value of a field that may be left to others: a null stands for that.
pub struct ReadOrLeft<T>(pub Option<T>);

/// The value of a field that has a default and may be NULL: `T` is an `Option`, and a null that is there is one.
pub struct ReadOrDefault<T>(pub Option<T>);

/// A leaf, what is read for it, and what it is once everything was read. Not a trait, which the compiler would ask about for each
/// leaf.
macro_rules! leaf {
    ($leaf:ident<$($bound:ident)?> $read:ty, |$slot:ident, $names:ident| $finish:expr) => {
        impl<'de, T: Deserialize<'de> $(+ $bound)?> ReadTree<'de> for $leaf<T> {
            const LEN: usize = 1;

            type Slots = Option<$read>;

            fn empty() -> Self::Slots {
                None
            }

            fn take<A: MapAccess<'de>>(
                slot: &mut Self::Slots,
                _: usize,
                name: &'static str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                once(slot, name, map)
            }

            fn take_all<A: SeqAccess<'de>>(
                slot: &mut Self::Slots,
                names: &[&'static str],
                sequence: &mut A,
            ) -> Result<(), A::Error> {
                next(slot, names, sequence)
            }

            fn finish<E: Error>($slot: Self::Slots, $names: &[&'static str]) -> Result<Self, E> {
                $finish.map($leaf)
            }
        }
    };
}

leaf!(ReadValue<> T, |slot, names| slot.ok_or_else(|| E::missing_field(first(names))));
leaf!(ReadOrNull<Default> T, |slot, _names| Ok(slot.unwrap_or_default()));
leaf!(ReadOrLeft<> Option<T>, |slot, _names| Ok(slot.flatten()));
leaf!(ReadOrDefault<> T, |slot, _names| Ok(slot));

/// The name of a leaf's field, of which there is one.
fn first(names: &[&'static str]) -> &'static str {
    names.first().unwrap_or(&"a value")
}

fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(A::Error::duplicate_field(name));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    slot: &mut Option<T>,
    names: &[&'static str],
    sequence: &mut A,
) -> Result<(), A::Error> {
    let too_short = || A::Error::invalid_value(Unexpected::Seq, &first(names));
    *slot = Some(sequence.next_element()?.ok_or_else(too_short)?);
    Ok(())
}

struct Reader<T> {
    struct_name: &'static str,
    names: &'static [&'static str],
    tree: PhantomData<fn() -> T>,
}

impl<'de, T: ReadTree<'de>> Visitor<'de> for Reader<T> {
    type Value = T::Slots;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", self.struct_name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T::Slots, A::Error> {
        let mut slots = T::empty();
        while let Some(field) = map.next_key_seed(Names(self.names))? {
            match field.and_then(|at| Some((at, *self.names.get(at)?))) {
                Some((at, name)) => T::take(&mut slots, at, name, &mut map)?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(slots)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<T::Slots, A::Error> {
        let mut slots = T::empty();
        T::take_all(&mut slots, self.names, &mut sequence)?;
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
