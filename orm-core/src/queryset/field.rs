//! Zero-sized accessors that closures get: a field, and a relation that leads to the fields of another model.

use std::marker::PhantomData;
use std::ops::Deref;

use super::expression::{Expression, Sealed};
use crate::ast::{Expr, FieldRef, Node, Outer};
use crate::model::{Column, Declaration, Fields, Model, Path, RelationField, ToOne, TypeOf, Via};
use crate::schema::{FieldMeta, ModelMeta, PathNode};

/// A field reached by a path. Its methods are the lookups: `eq`, `gt`, `contains`, `is_in`, …
pub struct Field<P, C>(PhantomData<fn() -> (P, C)>);

/// A relation to one row, reached by a path. It dereferences to the fields of the model that it leads to; a foreign key is
/// also the key's field.
pub struct One<P, R>(PhantomData<fn() -> (P, R)>);

/// A relation to many rows, reached by a path. Its methods are conditions on these rows, such as `any`, values made from
/// them, such as `count`, and what refines the rows that `prefetch_related` loads.
pub struct Many<P, R>(PhantomData<fn() -> (P, R)>);

macro_rules! zero_sized {
    ($($name:ident),*) => {$(
        impl<P, X> $name<P, X> {
            /// The accessor.
            pub const NEW: Self = $name(PhantomData);
        }

        impl<P, X> Clone for $name<P, X> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<P, X> Copy for $name<P, X> {}
    )*};
}

zero_sized!(Field, One, Many);

impl<P: Path, R: ToOne<From = P::Target>> Deref for One<P, R> {
    type Target = <R::To as Model>::Fields<Via<P, R>>;

    fn deref(&self) -> &Self::Target {
        <Self::Target as Fields>::REF
    }
}

/// Without types: compiled once, and not for each field that a query mentions.
fn node(
    path: Option<&'static PathNode>,
    beside: Option<&'static ModelMeta>,
    field: &'static FieldMeta,
) -> Node {
    let field = FieldRef { path, field };
    Node::leaf(match beside {
        Some(model) => Expr::Outer(Outer { levels: 0, beside: true, model, field }),
        None => Expr::Field(field),
    })
}

impl<P, C> Sealed for Field<P, C> {}

impl<P: Path, C: Column<Is: Declaration<Model = P::Target>>> Expression for Field<P, C> {
    type Scope = P::Root;
    type Type = P::Apply<TypeOf<C>>;

    #[inline]
    fn into_node(self) -> Node {
        // Not `C::META`, which would be one more constant for each field that a query mentions.
        node(P::NODE, P::BESIDE, <C::Is as Declaration>::META)
    }
}

impl<P, R> Sealed for One<P, R> {}

impl<P: Path, R: RelationField<From = P::Target>> Expression for One<P, R> {
    type Scope = P::Root;
    type Type = P::Apply<TypeOf<R>>;

    #[inline]
    fn into_node(self) -> Node {
        node(P::NODE, P::BESIDE, <R::Is as Declaration>::META)
    }
}
