//! What users import with `use orm::prelude::*;`.

pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

pub use orm_core::compile::{Dialect, ExplainOptions};
pub use orm_core::exec::{
    CursorOptions, Database, FetchOptional, FullClean, Instance, PageOptions, SoftDeleteInstance,
    Transaction, WithRelated,
};
pub use orm_core::model::{ForeignKey, LoadedRow, OneToOne, Validate};
pub use orm_core::queryset::{
    Aggregate, Aggregates, BitOperations, Casts, ChoiceFunctions, CompareLookups, ConcatFunctions,
    DateFunctions, DateKind, DateTimeKind, Expr, Expression, Free, Grouped, HashFunctions, JsonFunctions,
    JsonLookups, Lookup, Manager, MathFunctions, NullLookups, OrderChoice, OrderExpression, OuterExpression,
    Predicate, QuerySet, SqlFunction, TextFunctions, TextLookups, Windowed, Windows, ZoneFunctions, all_of,
    any_of, by_name, case, concat, count_rows, cume_dist, dense_rank, exists, json_array, json_object, now,
    ntile, percent_rank, pi, random, rank, row_number, subquery, value,
};
pub use orm_core::value::{Deferred, Json};
pub use orm_core::{assert_queries, models, relation_name};
pub use orm_derive::{Choices, FieldType, Model, Projection, raw, sql};
