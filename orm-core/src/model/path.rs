//! Zero-sized types that say where a field is: a model, and the relations that lead to another.

use std::marker::PhantomData;

use super::position::Position;
use super::{Model, ToOne};
use crate::schema::{FieldMeta, PathNode};
use crate::value::{Nullability, SqlType};

/// The fields of a model as a value: zero-sized, so that a closure can have it for nothing.
pub trait Fields: Copy + 'static {
    /// The fields.
    const NEW: Self;
    /// The fields, borrowed: what a relation dereferences to.
    const REF: &'static Self;
}

/// Where a model is reached from: the root of a query, or a chain of relations.
pub trait Path: 'static {
    /// The model that the query is about.
    type Root: Model;
    /// The model reached.
    type Target: Model;
    /// The type that a field of type `T` has here: nullable once a nullable relation was crossed.
    type Apply<T: SqlType>: SqlType<Base = T::Base>;
    /// The relations, as data.
    const NODE: Option<&'static PathNode>;
    /// Whether the root is a row of the table beside the query's own.
    const BESIDE: bool = false;
}

/// The model that the query is about.
pub struct Root<M>(PhantomData<fn() -> M>);

impl<M: Model> Path for Root<M> {
    type Root = M;
    type Target = M;
    type Apply<T: SqlType> = T;
    const NODE: Option<&'static PathNode> = None;
}

/// A path that starts at the model `M`.
///
/// The same as `Path<Root = M>`, but a trait of its own: of a wrong type behind `=` the compiler speaks in
/// the library's words, of a missing `impl` in ours.
#[diagnostic::on_unimplemented(
    message = "this field does not belong to `{M}`",
    label = "the query is about `{M}`",
    note = "use the fields that the closure gets, or those reached from them through relations"
)]
pub trait RootedIn<M> {}

impl<M: Model> RootedIn<M> for Root<M> {}

impl<M, P: RootedIn<M>, R> RootedIn<M> for Via<P, R> {}

/// The row that recursion has found before: of the model that the query is about, but not of the row in question.
pub struct Found<M>(PhantomData<fn() -> M>);

impl<M: Model> Path for Found<M> {
    type Root = M;
    type Target = M;
    type Apply<T: SqlType> = T;
    const NODE: Option<&'static PathNode> = None;
    const BESIDE: bool = true;
}

impl<M: Model> RootedIn<M> for Found<M> {}

/// One more relation.
pub struct Via<P, R>(PhantomData<fn() -> (P, R)>);

impl<P: Path, R: ToOne<From = P::Target>> Path for Via<P, R> {
    type Root = P::Root;
    type Target = R::To;
    type Apply<T: SqlType> = <R::Optional as Nullability>::Apply<P::Apply<T>>;
    const NODE: Option<&'static PathNode> = Some(&PathNode { parent: P::NODE, relation: R::META });
    const BESIDE: bool = P::BESIDE;
}

/// A column of a model. The derive makes one zero-sized type for each field, named like it.
pub trait Column: 'static {
    /// The model. Without a bound, so that what it lacks is said once and not for each field.
    type Model;
    /// The field's type, with its `Option`.
    type Type: SqlType;
    /// Where it is among the model's fields, and who writes it: one type, because each type is an item for the compiler to
    /// check for each field.
    type Place: Place;
    /// The column as data.
    const META: &'static FieldMeta = <Self::Place as Place>::META;
}

/// The place of a field among those of its model.
pub trait Place: 'static {
    /// Who writes the field.
    type Written;
    /// The field as data.
    const META: &'static FieldMeta;
}

/// The field at position `N` of the fields `F`, which `W` writes. The position is a type and no number, because a number would be
/// a constant for the compiler to check and to evaluate for each field.
pub struct In<F, N, W = ByProgram>(PhantomData<fn() -> (F, N, W)>);

impl<F: FieldMetas, N: Position, W: 'static> Place for In<F, N, W> {
    type Written = W;
    const META: &'static FieldMeta = &F::FIELDS[N::AT];
}

/// The fields of a model as data.
pub trait FieldMetas: 'static {
    /// In the model's order.
    const FIELDS: &'static [FieldMeta];
}

/// The program writes a field.
pub struct ByProgram;

/// Each change of a row writes a field: its version.
pub struct ByEachChange;

/// The database calculates a field from others.
pub struct ByDatabase;

/// A field that is not counted by each change of its row, as [`Place::Written`] says.
#[diagnostic::on_unimplemented(
    message = "the program does not set this field",
    label = "each change of a row counts its version up",
    note = "leave it out: what else is set counts it up as well"
)]
pub trait NotCounted {}

/// A field that the database does not calculate, as [`Place::Written`] says.
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
