//! What users import with `use orm::prelude::*;`.

pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

pub use orm_core::compile::Dialect;
pub use orm_core::exec::{Database, Instance};
pub use orm_core::model::ForeignKey;
pub use orm_core::models;
pub use orm_core::queryset::{
    CompareLookups, NullLookups, OrderExpression, Predicate, QuerySet, TextLookups, random,
};
pub use orm_core::value::Json;
pub use orm_derive::{Choices, FieldType, Model};
