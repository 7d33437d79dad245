//! What users import with `use orm::prelude::*;`.

pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

pub use orm_core::compile::{Dialect, ExplainOptions};
pub use orm_core::exec::{Database, Instance};
pub use orm_core::model::ForeignKey;
pub use orm_core::models;
pub use orm_core::queryset::{
    Aggregates, BitOperations, ChoiceFunctions, CompareLookups, Expr, JsonFunctions, JsonLookups,
    NullLookups, OrderExpression, OuterExpression, Predicate, QuerySet, TextLookups, Windows, case,
    count_rows, cume_dist, dense_rank, exists, json_array, json_object, ntile, percent_rank, random, rank,
    row_number, subquery, value,
};
pub use orm_core::value::Json;
pub use orm_derive::{Choices, FieldType, Model};
