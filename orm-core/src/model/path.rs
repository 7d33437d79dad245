//! Zero-sized types that say where a field is: a model, and the relations that lead to another.

use std::marker::PhantomData;

use super::{Model, ToOne};
use crate::schema::{ModelMeta, PathNode};
use crate::value::{Nullability, SqlType};

/// The fields of a model as a value: zero-sized, so that a closure can have it for nothing.
pub trait Fields: Copy + 'static {
    /// The fields.
    const NEW: Self = *Self::REF;
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
    /// The root, where it is a row of the table beside the query's own.
    const BESIDE: Option<&'static ModelMeta> = None;
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
    const BESIDE: Option<&'static ModelMeta> = Some(M::META);
}

impl<M: Model> RootedIn<M> for Found<M> {}

/// One more relation.
pub struct Via<P, R>(PhantomData<fn() -> (P, R)>);

impl<P: Path, R: ToOne<From = P::Target>> Path for Via<P, R> {
    type Root = P::Root;
    type Target = R::To;
    type Apply<T: SqlType> = <R::Optional as Nullability>::Apply<P::Apply<T>>;
    const NODE: Option<&'static PathNode> = Some(&PathNode { parent: P::NODE, relation: R::META });
    const BESIDE: Option<&'static ModelMeta> = P::BESIDE;
}
