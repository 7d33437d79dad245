//! Columns as types: what each field of a model is to the compiler.

use std::marker::PhantomData;

use super::position::Position;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::SqlType;

/// A column of a model. The derive makes one type for each field, named like it.
pub trait Column: 'static {
    /// What it is: an [`In`]. All in one type, because each type here is one more item of every field for the user's compiler to
    /// check and to keep.
    type Is: Declaration<Type: SqlType>;
    /// The column as data.
    const META: &'static FieldMeta = <Self::Is as Declaration>::META;
}

/// A column's type, with its `Option`.
pub type TypeOf<C> = <<C as Column>::Is as Declaration>::Type;

/// What a column is.
pub trait Declaration {
    /// The model. Without a bound, so that what it lacks is said once and not for each field.
    type Model;
    /// The field's type, with its `Option`.
    type Type;
    /// Who writes the field.
    type Written;
    /// The column as data.
    const META: &'static FieldMeta;
}

/// The field at position `N` of the model `M`, which has the type `T` and which `W` writes. The position is a type and no number,
/// because a number would be a constant for the compiler to check and to evaluate for each field.
pub struct In<M, N, T, W = ByProgram>(PhantomData<fn() -> (M, N, T, W)>);

impl<M: Described, N: Position, T, W> Declaration for In<M, N, T, W> {
    type Model = M;
    type Type = T;
    type Written = W;
    const META: &'static FieldMeta = &M::FIELDS[N::AT];
}

/// A model and its fields as data, in one static: each static and each constant is one more item of every model for the user's
/// compiler to check and to keep.
#[derive(Debug)]
pub struct Metas<F: ?Sized = [FieldMeta]> {
    /// The model, which refers to the fields beside it.
    pub model: ModelMeta,
    /// In the model's order.
    pub fields: F,
}

/// What has fields that are known as data: a model.
pub trait Described: 'static {
    /// The model and its fields.
    const METAS: &'static Metas;
    /// The fields, in the model's order.
    const FIELDS: &'static [FieldMeta] = &Self::METAS.fields;
}

/// The program writes a field.
pub struct ByProgram;

/// Each change of a row writes a field: its version.
pub struct ByEachChange;

/// The database calculates a field from others.
pub struct ByDatabase;

/// A field that is not counted by each change of its row, as [`Declaration::Written`] says.
#[diagnostic::on_unimplemented(
    message = "the program does not set this field",
    label = "each change of a row counts its version up",
    note = "leave it out: what else is set counts it up as well"
)]
pub trait NotCounted {}

/// A field that the database does not calculate, as [`Declaration::Written`] says.
#[diagnostic::on_unimplemented(
    message = "the program does not set this field",
    label = "the database calculates it: it is `generated`",
    note = "set the fields that it is made from"
)]
pub trait NotComputed {}

#[diagnostic::do_not_recommend]
impl NotCounted for ByProgram {}
#[diagnostic::do_not_recommend]
impl NotCounted for ByDatabase {}
#[diagnostic::do_not_recommend]
impl NotComputed for ByProgram {}
#[diagnostic::do_not_recommend]
impl NotComputed for ByEachChange {}
