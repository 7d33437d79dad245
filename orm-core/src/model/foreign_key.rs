//! The key of a row of another model, as a field.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Model;
use crate::error::ValueError;
use crate::value::{FieldType, Row, Value, ValueKind};

/// A many-to-one relation: stores the key of a `T`. Nullable as `Option<ForeignKey<T>>`.
///
/// Compares, hashes and serializes as the key.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let post = Post::objects().first(&db).await?.expect("a post");
/// assert_eq!(*post.author.key(), 1);
/// let ann = User::objects().pk(*post.author.key()).get(&db).await?;
/// assert_eq!(post.author, ForeignKey::to(&ann));
/// # Ok(()) }) }
/// ```
pub struct ForeignKey<T: Model> {
    key: T::Key,
    /// Whether a struct has a size is asked of its last field. A `T` that is no model has no key to ask, and each mention of
    /// the struct that the relation is in would be one more error: with this there are twenty errors, and not fifty.
    _end: (),
}

/// A one-to-one relation: a [`ForeignKey`] that no two rows share. The other side is named by `has_one(…)`.
pub type OneToOne<T> = ForeignKey<T>;

impl<T: Model> ForeignKey<T> {
    /// Points at the row with this key.
    pub fn new(key: impl Into<T::Key>) -> Self {
        ForeignKey { key: key.into(), _end: () }
    }

    /// Points at `row`.
    pub fn to(row: &T) -> Self {
        ForeignKey { key: row.key(), _end: () }
    }

    /// The key.
    pub fn key(&self) -> &T::Key {
        &self.key
    }

    /// The key, owned.
    pub fn into_key(self) -> T::Key {
        self.key
    }
}

impl<T: Model> Clone for ForeignKey<T> {
    fn clone(&self) -> Self {
        ForeignKey { key: self.key.clone(), _end: () }
    }
}

impl<T: Model<Key: Copy>> Copy for ForeignKey<T> {}

impl<T: Model> fmt::Debug for ForeignKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", T::META.name, self.key)
    }
}

impl<T: Model> PartialEq for ForeignKey<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<T: Model> Eq for ForeignKey<T> {}

impl<T: Model> Hash for ForeignKey<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl<T: Model> From<&T> for ForeignKey<T> {
    fn from(row: &T) -> Self {
        ForeignKey::to(row)
    }
}

impl<T: Model<Key: Serialize>> Serialize for ForeignKey<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.key.serialize(serializer)
    }
}

impl<'de, T: Model<Key: Deserialize<'de>>> Deserialize<'de> for ForeignKey<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::Key::deserialize(deserializer).map(|key| ForeignKey { key, _end: () })
    }
}

impl<T: Model<Key: FieldType>> FieldType for ForeignKey<T> {
    const KIND: ValueKind = <T::Key as FieldType>::KIND;

    fn to_value(&self) -> Result<Value, ValueError> {
        self.key.to_value()
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        Ok(T::Key::from_row(row, at)?.map(|key| ForeignKey { key, _end: () }))
    }
}
