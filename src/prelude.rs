//! What users import with `use orm::prelude::*;`.

pub use orm_core::compile::Dialect;
pub use orm_core::model::ForeignKey;
pub use orm_core::models;
pub use orm_core::queryset::{
    CompareLookups, NullLookups, OrderExpression, Predicate, QuerySet, TextLookups,
};
pub use orm_core::value::Json;
pub use orm_derive::{Choices, FieldType, Model};
