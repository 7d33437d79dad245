//! What `#[derive(Model)]` implements.

mod column;
pub mod deferred;
pub mod derived;
pub mod deserialize;
pub mod draft;
mod entry;
mod foreign_key;
mod into_field;
mod key;
pub mod loaded;
pub(crate) mod new_values;
mod now;
mod partial_row;
mod path;
pub mod position;
pub mod reader;
mod related;
mod relation;
mod soft_delete;
pub mod validate;
pub mod visit;

pub use column::{
    ByDatabase, ByEachChange, ByProgram, Column, Declaration, Described, In, Metas, NotComputed, NotCounted,
    TypeOf,
};
pub use deferred::DeferredColumn;
pub use draft::{Complete, GivenComputed, GivenVersion, NewModel, Preset};
pub use foreign_key::{ForeignKey, OneToOne};
pub use into_field::IntoField;
pub use key::Key;
pub use loaded::{Cons, HasField, LoadedFields, Nil};
pub use now::FromNow;
pub use partial_row::PartialRow;
pub use path::{Fields, Found, Path, Root, RootedIn, Via};
pub use position::Position;
pub use related::{
    DebugRelations, HasMany, HasNamed, HasOne, Loaded, LoadedRow, RelationName, RowParts, SerializeRelations,
    Which,
};
pub use relation::{
    ByKey, ByTable, FarKey, ForeignKeyField, LetsGo, ManyToMany, Named, NearKey, Relation, RelationField,
    ReverseOf, Reversible, Stored, ToMany, ToOne, Unique, UniqueField,
};

pub use soft_delete::SoftDelete;
pub use validate::{Validate, Validation};

pub use crate::ast::{Assignment, Check, ModelEntry};

use chrono::{DateTime, Utc};

use crate::error::{Error, FieldError, Result, ValueError};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{Row, SqlType, Value};

/// A struct that is a row of a table. Implemented by `#[derive(Model)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "add `#[derive(Model)]` to `{Self}`"
)]
pub trait Model: Described + Send + Sync + Sized + 'static {
    /// Name, table, fields, keys.
    const META: &'static ModelMeta = &Self::METAS.model;

    /// The primary key: a field's type, or a tuple of them.
    type Key: Key;

    /// The zero-sized fields that closures get.
    type Fields<P: Path<Target = Self>>: Fields;

    /// The builder that `create` hands to its closure, with nothing given yet.
    type Draft;

    /// The values of a row that does not exist yet.
    type New: NewModel<Model = Self>;

    /// The methods of a row of which the fields in the list `L` are loaded.
    type Only<L: LoadedFields>: Send + 'static;

    /// A row with related rows, those in the list `L`.
    type With<L: Send + 'static>: RowParts<Model = Self, Loaded = L> + Send + 'static;

    /// A builder of a new row.
    fn empty_draft() -> Self::Draft;

    /// A row with what was loaded with it.
    fn with<L: Send + 'static>(row: Loaded<Self, L>) -> Self::With<L>;

    /// Reads the model's columns, which start at position `at`.
    ///
    /// # Errors
    /// A column does not hold what the field reads.
    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self>;

    /// Reads the model's columns without those of the given fields, which are deferred; they start at position `at`.
    ///
    /// # Errors
    /// A column does not hold what the field reads.
    fn from_row_without<R: Row + ?Sized>(
        row: &mut R,
        at: usize,
        left_out: &[&'static FieldMeta],
    ) -> Result<Self> {
        let _ = left_out;
        Self::from_row(row, at)
    }

    /// A row with some fields.
    fn only<L: LoadedFields>(fields: L) -> Self::Only<L>;

    /// The loaded fields of such a row.
    fn only_fields<L: LoadedFields>(row: &Self::Only<L>) -> &L;

    /// The primary key.
    fn key(&self) -> Self::Key;

    /// The value of the field at position `field` of [`ModelMeta::fields`].
    ///
    /// # Errors
    /// The value is not loaded or cannot be stored, or there is no such field.
    fn value(&self, field: usize) -> Result<Value, ValueError>;

    /// What the field at this position gets in a new row that does not give it, where that is a default in Rust.
    ///
    /// # Errors
    /// The default cannot be stored.
    fn default_of(_field: usize) -> Result<Option<Value>, ValueError> {
        Ok(None)
    }

    /// Whether the field at this position has a value: false for a deferred one that the query left out.
    fn is_loaded(&self, _field: usize) -> bool {
        true
    }

    /// Validates the values; without rules of the model's own there is nothing in which fields differ but their descriptions.
    #[doc(hidden)]
    fn validate_into(&self, found: &mut Validation) {
        found.row(self);
    }

    /// Sets the `auto_now` fields; called before each save.
    fn touch(&mut self, _now: DateTime<Utc>) {}

    /// Counts the version up, where there is one: the database has done so.
    fn count_up(&mut self) {}

    /// Takes the generated columns of the same row, as the database has them now.
    fn take_computed(&mut self, _row: Self) {}

    /// What the generated columns are.
    fn computed() -> Vec<Assignment> {
        Vec::new()
    }

    /// The check constraints.
    fn checks() -> Vec<Check> {
        Vec::new()
    }

    /// The conditions of unique constraints, under the constraints' names.
    fn conditions() -> Vec<Check> {
        Vec::new()
    }
}

/// Reads one field.
///
/// # Errors
/// The column does not hold what the field reads; the error names model and field.
#[inline]
pub(crate) fn read_field<T: SqlType, R: Row + ?Sized>(
    row: &mut R,
    at: usize,
    field: &'static FieldMeta,
) -> Result<T> {
    match T::from_row(row, at) {
        Ok(value) => Ok(value),
        Err(error) => Err(misread(field, error)),
    }
}

#[cold]
fn misread(field: &'static FieldMeta, error: ValueError) -> Error {
    FieldError::new(field.model, field.name, error).into()
}
