//! The only names that derived code may use.

pub mod short;
mod templates;

pub use crate::{
    __orm_derived as derived, __orm_read_and_value as read_and_value, __orm_with_relations as with_relations,
};

pub use std::clone::Clone;
pub use std::option::Option::{None, Some};
pub use std::result::Result::{Err, Ok};

pub use chrono::{DateTime, Utc};
pub use orm_core::ast::{Assignment, ModelEntry, Node};
pub use orm_core::backend::Backend;
pub use orm_core::compile::Access;
pub use orm_core::error::{Error, Result, ValidationErrors, ValueError, Words};
pub use orm_core::field_values;
pub use orm_core::model::deferred::deferred_to_value;
pub use orm_core::model::derived::{
    NewValues, checked, field, meta_of, no_such_field, one_to_one, reverse_key, set_field, set_key,
    target_of, to_value,
};
pub use orm_core::model::deserialize::DeserializeNew;
pub use orm_core::model::draft::{AllGiven, Missing, RequiredFields, State};
pub use orm_core::model::position::*;
pub use orm_core::model::reader::{Reader, read, read_deferred};
pub use orm_core::model::validate::{Known, OfNew, Pattern, Validation, decimal_bound, needs_text};
pub use orm_core::model::visit::{NewVisitor, debug_new};
pub use orm_core::model::{
    ByDatabase, ByEachChange, ByKey, ByProgram, ByTable, Check, Column, Complete, Cons, Declaration,
    DeferredColumn, Described, FarKey, Fields, ForeignKey, ForeignKeyField, FromNow, GivenComputed,
    GivenVersion, HasMany, HasNamed, HasOne, In, IntoField, Key, Loaded, LoadedFields, LoadedRow, ManyToMany,
    Metas, Model, Named, NearKey, NewModel, Nil, Path, Preset, Relation, ReverseOf, Reversible, Root,
    RowParts, SoftDelete, Stored, ToMany, ToOne, TypeOf, Unique, UniqueField,
};
pub use orm_core::queryset::{
    Arg, Assign, BindBorrowed, BindExpression, BindOther, BindReference, BindValue, ByColumnName, Casts,
    ChoiceFunctions, Columns, Comparable, CompareLookups, ConcatFunctions, DateFunctions, Equatable, Field,
    FieldPart, FromRaw, HashFunctions, IntoExpr, IntoPredicate, JsonFunctions, JsonType, Lists, Many,
    MathFunctions, NamedRow, NullLookups, One, OrderExpression, Projection, ProjectionOf, RawExpr, RawQuery,
    Selected, Size, TextFunctions, TextLookups, TextType, bound_list, copy_part, gather_part, operand, part,
    read_named,
};
pub use orm_core::schema::{
    DbDefault, FieldMeta, Generated, IndexField, IndexMeta, ModelMeta, OnDelete, OrderMeta, RelationMeta,
    SetValue,
};
pub use orm_core::value::newtype::{self, Newtype};
pub use orm_core::value::{
    Choice, ChoiceValue, Deferred, FieldType, Optional, Required, Row, SqlType, Value, ValueKind,
};

/// The derives, for code that derives.
pub mod derive {
    pub use orm_derive::{Model, test_in_docs};
}

/// serde's, which a user's crate need not have.
pub use orm_core::serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What `#[orm::test]` expands to.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub mod testing {
    pub use crate::testing::{
        Argument, Factory, Options, Related, RelatedField, Sequence, entries, no_setup, numbered, run,
    };
    pub use orm_core::backend::Executor;
}

/// A check constraint from the closure in `#[model(check(…))]`.
pub fn check<M: Model, P: IntoPredicate<M>>(
    name: &'static str,
    condition: impl FnOnce(M::Fields<Root<M>>) -> P,
    words: Words,
) -> Check {
    Check { name, condition: condition(Fields::NEW).into_condition().expr, words }
}

/// What a generated column is, from the closure in `#[field(generated = …)]`.
pub fn computed<C, M, V>(value: impl FnOnce(M::Fields<Root<M>>) -> V) -> Assignment
where
    C: Column<Is: Declaration<Model = M>>,
    M: Model,
    V: Assign<TypeOf<C>, M>,
{
    Assignment { field: C::META, value: value(Fields::NEW).into_assigned().expr }
}
