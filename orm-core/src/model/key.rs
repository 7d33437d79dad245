//! Primary keys: one field's type, or a tuple of them.

use std::fmt::Debug;
use std::hash::Hash;

use crate::error::ValueError;
use crate::value::{FieldType, FromColumns, Value};

/// A primary key's type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a primary key",
    label = "a primary key's type must be comparable and hashable",
    note = "use an integer, `String`, `Uuid`, or a newtype with `#[derive(FieldType, Clone, Debug, PartialEq, Eq, Hash)]`"
)]
pub trait Key: FromColumns + Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// The values, in the order of the key's fields.
    ///
    /// # Errors
    /// A value cannot be stored.
    fn to_values(&self) -> Result<Vec<Value>, ValueError>;

    /// The first of the values.
    ///
    /// # Errors
    /// A value cannot be stored.
    fn first_value(&self) -> Result<Option<Value>, ValueError> {
        Ok(self.to_values()?.into_iter().next())
    }
}

impl<T: FieldType + Eq + Hash> Key for T {
    #[inline]
    fn first_value(&self) -> Result<Option<Value>, ValueError> {
        self.to_value().map(Some)
    }

    fn to_values(&self) -> Result<Vec<Value>, ValueError> {
        Ok(vec![self.to_value()?])
    }
}

macro_rules! tuple_keys {
    ($(($($name:ident $at:tt),+))+) => {$(
        impl<$($name: FieldType + Eq + Hash),+> Key for ($($name,)+) {
            fn to_values(&self) -> Result<Vec<Value>, ValueError> {
                Ok(vec![$(self.$at.to_value()?),+])
            }
        }
    )+};
}

tuple_keys! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}
