//! A field's value that a query may leave out.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field's value that a query may leave out with `defer`: large texts and documents that most pages do not show.
///
/// An ordinary column otherwise: `Deferred<String>`, or `Deferred<Option<String>>` where it may be NULL. Queries and
/// builders treat the field as a `T`. `save` leaves a column alone whose value is not loaded.
///
/// ```
/// # use orm::prelude::*;
/// #[derive(Model, Debug, Clone)]
/// struct Page {
///     #[field(primary_key)]
///     id: i64,
///     #[field(max_length = 200)]
///     title: String,
///     body: Deferred<String>,
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let db = orm::sqlite::connect("sqlite::memory:").await?;
/// # db.create_tables(models![Page]).await?;
/// let page = Page::objects().create(&db, |p| p.title("Tea").body("A long text")).await?;
/// assert_eq!(page.body.get().map(String::as_str), Some("A long text"));
///
/// let mut light = Page::objects().defer(|p| p.body).filter(|p| p.body.contains("long")).get(&db).await?;
/// assert!(!light.body.is_loaded());
/// light.load(&db, |p| p.body).await?;
/// assert_eq!(light.body, page.body);
/// # Ok(()) }
/// ```
///
/// serde writes the value, and a null where it is not loaded; `#[serde(skip_serializing_if = "Deferred::is_not_loaded")]`
/// on the field leaves it out instead.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Deferred<T>(Option<T>);

impl<T> Deferred<T> {
    /// No value: the column is left alone.
    pub const fn not_loaded() -> Self {
        Deferred(None)
    }

    /// The value, if it is loaded.
    pub const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The value to change, if it is loaded.
    pub const fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_mut()
    }

    /// The value, owned, if it is loaded.
    pub fn into_inner(self) -> Option<T> {
        self.0
    }

    /// Gives it a value; then it is loaded.
    pub fn set(&mut self, value: impl Into<T>) {
        self.0 = Some(value.into());
    }

    /// Whether there is a value.
    pub const fn is_loaded(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the query left it out. In this form for serde's `skip_serializing_if`.
    pub const fn is_not_loaded(&self) -> bool {
        self.0.is_none()
    }
}

/// Not loaded.
impl<T> Default for Deferred<T> {
    fn default() -> Self {
        Deferred::not_loaded()
    }
}

impl<T> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Deferred(Some(value))
    }
}

impl From<&str> for Deferred<String> {
    fn from(value: &str) -> Self {
        Deferred(Some(value.to_owned()))
    }
}

impl<T: fmt::Debug> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("(not loaded)"),
        }
    }
}

impl<T: Serialize> Serialize for Deferred<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(value) => value.serialize(serializer),
            None => serializer.serialize_none(),
        }
    }
}

/// As a `T`: what is given is loaded. With `#[serde(default)]` a field that is not there is not loaded.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Deferred<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Deferred::from)
    }
}
