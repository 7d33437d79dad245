//! The only names that derived code may use.

pub use chrono::{DateTime, Utc};
pub use orm_core::ast::Node;
pub use orm_core::error::{Error, Result, ValueError};
pub use orm_core::field_values;
pub use orm_core::model::{
    Check, Column, Complete, Fields, ForeignKey, Given, IntoField, Key, Missing, Model, NewModel, Path, Provided,
    Relation, Root, read_field,
};
pub use orm_core::queryset::{Comparable, Field, IntoPredicate, One, QuerySet, TextType};
pub use orm_core::schema::{
    DbDefault, FieldMeta, Generated, IndexField, IndexMeta, ModelMeta, OnDelete, OrderMeta, RelationMeta,
};
pub use orm_core::value::{Choice, ChoiceValue, FieldType, Optional, Required, Row, SqlType, Value, ValueKind};
