//! An async, typed, Django-shaped ORM.

pub mod prelude;
#[doc(hidden)]
pub mod private;

pub use orm_core::error::{self, Error, Result};
pub use orm_core::model::{ForeignKey, Model};
pub use orm_core::models;
pub use orm_core::queryset::QuerySet;
pub use orm_core::value::{self, FieldType, Json};
pub use orm_core::{backend, compile, schema};
pub use orm_derive::{Choices, FieldType, Model};
