//! A row with related rows as one nested object: what the row's own `Serialize` writes, with each loaded relation in the
//! place of the key of the same name, or at the end.

use std::fmt::Display;

use serde::ser::{Error as _, Impossible, Serialize, SerializeMap, SerializeStruct, Serializer};

use super::{Loaded, RelationName};
use crate::model::{Cons, Nil};

impl<M: Serialize, L: SerializeRelations> Serialize for Loaded<M, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.row.serialize(Nest { serializer, loaded: &self.loaded })
    }
}

/// Loaded relations whose rows serde can write.
pub trait SerializeRelations {
    /// Whether there is one of this name.
    fn has(&self, name: &str) -> bool;

    /// Writes those that are called as one in `only`, or all but these.
    ///
    /// # Errors
    /// The serializer fails.
    fn serialize_relations<M: SerializeMap>(&self, which: Which<'_>, map: &mut M) -> Result<(), M::Error>;
}

/// Which of several relations.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// Those of this name.
    Named(&'a str),
    /// Those of other names than these.
    Except(&'a [String]),
}

impl SerializeRelations for Nil {
    fn has(&self, _name: &str) -> bool {
        false
    }

    fn serialize_relations<M: SerializeMap>(&self, _which: Which<'_>, _map: &mut M) -> Result<(), M::Error> {
        Ok(())
    }
}

impl<R: RelationName, D: Serialize, L: SerializeRelations> SerializeRelations for Cons<R, D, L> {
    fn has(&self, name: &str) -> bool {
        R::NAME == name || self.rest().has(name)
    }

    fn serialize_relations<M: SerializeMap>(&self, which: Which<'_>, map: &mut M) -> Result<(), M::Error> {
        self.rest().serialize_relations(which, map)?;
        let wanted = match which {
            Which::Named(name) => R::NAME == name,
            Which::Except(names) => names.iter().all(|name| name != R::NAME),
        };
        if wanted { map.serialize_entry(R::NAME, self.value()) } else { Ok(()) }
    }
}

/// Takes what a struct writes, and puts relations into it.
struct Nest<'a, S, L> {
    serializer: S,
    loaded: &'a L,
}

/// The map that is being written.
struct NestedMap<'a, M, L> {
    map: M,
    loaded: &'a L,
    /// The relations that are written.
    done: Vec<String>,
    /// A key whose value follows; none for that of a relation, which is written already.
    key: Option<String>,
}

impl<'a, S: Serializer, L> Nest<'a, S, L> {
    fn begin(self) -> Result<NestedMap<'a, S::SerializeMap, L>, S::Error> {
        // How many of the relations take the place of a key is not known before.
        let map = self.serializer.serialize_map(None)?;
        Ok(NestedMap { map, loaded: self.loaded, done: Vec::new(), key: None })
    }
}

impl<M: SerializeMap, L: SerializeRelations> NestedMap<'_, M, L> {
    fn entry<V: Serialize + ?Sized>(&mut self, key: &str, value: &V) -> Result<(), M::Error> {
        if self.loaded.has(key) {
            self.done.push(key.to_owned());
            return self.loaded.serialize_relations(Which::Named(key), &mut self.map);
        }
        self.map.serialize_entry(key, value)
    }

    fn finish(mut self) -> Result<M::Ok, M::Error> {
        self.loaded.serialize_relations(Which::Except(&self.done), &mut self.map)?;
        self.map.end()
    }
}

impl<M: SerializeMap, L: SerializeRelations> SerializeStruct for NestedMap<'_, M, L> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_field<V: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &V,
    ) -> Result<(), M::Error> {
        self.entry(key, value)
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        self.finish()
    }
}

/// A struct with a flattened field writes a map.
impl<M: SerializeMap, L: SerializeRelations> SerializeMap for NestedMap<'_, M, L> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), M::Error> {
        match serde_json::to_value(key) {
            Ok(serde_json::Value::String(key)) => {
                self.key = Some(key);
                Ok(())
            }
            _ => Err(M::Error::custom("the keys of a row are texts")),
        }
    }

    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), M::Error> {
        match self.key.take() {
            Some(key) => self.entry(&key, value),
            None => Err(M::Error::custom("a value without a key")),
        }
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        self.finish()
    }
}

fn refused<T, E: serde::ser::Error>() -> Result<T, E> {
    Err(E::custom("a row with related rows is written as a map, so its model has to be written as a struct"))
}

macro_rules! refuse {
    ($($name:ident($($type:ty),*) -> $out:ty;)*) => {$(
        fn $name(self, $(_: $type),*) -> Result<$out, S::Error> {
            refused()
        }
    )*};
}

impl<'a, S: Serializer, L: SerializeRelations> Serializer for Nest<'a, S, L> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = NestedMap<'a, S::SerializeMap, L>;
    type SerializeStruct = NestedMap<'a, S::SerializeMap, L>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    fn serialize_struct(
        self,
        _name: &'static str,
        _fields: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.begin()
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.begin()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn is_human_readable(&self) -> bool {
        self.serializer.is_human_readable()
    }

    refuse! {
        serialize_bool(bool) -> S::Ok;
        serialize_i8(i8) -> S::Ok;
        serialize_i16(i16) -> S::Ok;
        serialize_i32(i32) -> S::Ok;
        serialize_i64(i64) -> S::Ok;
        serialize_u8(u8) -> S::Ok;
        serialize_u16(u16) -> S::Ok;
        serialize_u32(u32) -> S::Ok;
        serialize_u64(u64) -> S::Ok;
        serialize_f32(f32) -> S::Ok;
        serialize_f64(f64) -> S::Ok;
        serialize_char(char) -> S::Ok;
        serialize_str(&str) -> S::Ok;
        serialize_bytes(&[u8]) -> S::Ok;
        serialize_none() -> S::Ok;
        serialize_unit() -> S::Ok;
        serialize_unit_struct(&'static str) -> S::Ok;
        serialize_unit_variant(&'static str, u32, &'static str) -> S::Ok;
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _value: &T) -> Result<S::Ok, S::Error> {
        refused()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<S::Ok, S::Error> {
        refused()
    }

    fn collect_str<T: Display + ?Sized>(self, _value: &T) -> Result<S::Ok, S::Error> {
        refused()
    }
}
