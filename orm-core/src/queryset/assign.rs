//! New values for fields: `p.views.set(p.views + 1)`, and lists of fields.

use std::fmt::Debug;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::expression::{Expr, Expression};
use super::field::{Field, One};
use super::functions::Case;
use super::scope::Within;
use super::selection::selected;
use crate::ast::{Assignment, Node};
use crate::model::{
    Column, Declaration, ForeignKey, IntoField, Model, NotComputed, NotCounted, Path, RelationField, Root,
    RootedIn, TypeOf,
};
use crate::schema::FieldMeta;
use crate::value::{FieldType, Json, SqlType};

/// A new value for a field of a `S`.
#[must_use = "an assignment does nothing until `update` gets it"]
pub struct Set<S> {
    assignment: Assignment,
    marker: PhantomData<fn() -> S>,
}

/// What a field of type `T` can be set to: a value, or an expression that is not nullable unless the field is.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be set to `{Self}`",
    label = "expected a `{T}`, or an expression of that type over the same row"
)]
pub trait Assign<T, S> {
    /// The untyped tree.
    fn into_assigned(self) -> Node;
}

/// A type whose values fit in a field of type `T`: itself, or without `T`'s `Option`.
#[diagnostic::on_unimplemented(
    message = "an expression of type `{Self}` does not fit in a field of type `{T}`",
    label = "another type, or it may be NULL and the field may not",
    note = "`coalesce(…)` gives a value for NULL, `cast::<…>()` makes another type of it"
)]
pub trait FitsIn<T> {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> FitsIn<T> for T {}
#[diagnostic::do_not_recommend]
impl<T: FieldType> FitsIn<Option<T>> for T {}
#[diagnostic::do_not_recommend]
impl<T: FieldType> FitsIn<Option<T>> for Option<T> {}

impl<S, P, C, T> Assign<T, S> for Field<P, C>
where
    P: Path + RootedIn<S>,
    C: Column<Is: Declaration<Model = P::Target>>,
    P::Apply<TypeOf<C>>: FitsIn<T>,
{
    fn into_assigned(self) -> Node {
        self.into_node()
    }
}

impl<S, P, R, T> Assign<T, S> for One<P, R>
where
    P: Path + RootedIn<S>,
    R: RelationField<From = P::Target>,
    P::Apply<TypeOf<R>>: FitsIn<T>,
{
    fn into_assigned(self) -> Node {
        self.into_node()
    }
}

impl<S, X: Within<S>, T: SqlType + FitsIn<V>, V> Assign<V, S> for Expr<X, T> {
    fn into_assigned(self) -> Node {
        selected::<T>(self.node)
    }
}

impl<S, X: Within<S>, T: SqlType + FitsIn<V>, V> Assign<V, S> for Case<X, T> {
    fn into_assigned(self) -> Node {
        self.into_node()
    }
}

// Here for all types at once: no crate may implement it for an `Option` of its own type.
#[diagnostic::do_not_recommend]
impl<S, T: FieldType> Assign<Option<T>, S> for Option<T> {
    fn into_assigned(self) -> Node {
        Node::value(SqlType::into_value(self))
    }
}

fn made<T, V: SqlType>(value: T) -> Node
where
    T: IntoField<V>,
{
    Node::value(value.into_field().into_value())
}

macro_rules! also {
    ($([$($generics:tt)*] $from:ty => $to:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, $($generics)*> Assign<$to, S> for $from {
            fn into_assigned(self) -> Node {
                made::<_, $to>(self)
            }
        }
    )*};
}

also! {
    [] &str => String;
    [] &String => String;
    [] &str => Option<String>;
    [] &[u8] => Vec<u8>;
    [M: Model<Key: FieldType>] &M => ForeignKey<M>;
    [M: Model<Key: FieldType>] &M => Option<ForeignKey<M>>;
    [M: Model<Key: FieldType>] ForeignKey<M> => ForeignKey<M>;
    [M: Model<Key: FieldType>] ForeignKey<M> => Option<ForeignKey<M>>;
    [T: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static] Json<T> => Json<T>;
    [T: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static] Json<T> => Option<Json<T>>;
}

#[diagnostic::do_not_recommend]
impl<T> IntoField<Json<T>> for Json<T> {
    fn into_field(self) -> Json<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoField<Option<Json<T>>> for Json<T> {
    fn into_field(self) -> Option<Json<T>> {
        Some(self)
    }
}

fn set<S>(field: &'static FieldMeta, node: Node) -> Set<S> {
    Set { assignment: Assignment { field, value: node.expr }, marker: PhantomData }
}

impl<M: Model, C: Column<Is: Declaration<Model = M>>> Field<Root<M>, C> {
    /// Sets the field in an `update`: to a value, or to an expression over the row as it was.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let raised = Post::objects().update(&db, |p| (p.views.set(p.views + 1), p.stars.set(None))).await?;
    /// assert_eq!(raised, 3);
    /// # Ok(()) }) }
    /// ```
    pub fn set(self, value: impl Assign<TypeOf<C>, M>) -> Set<M>
    where
        <C::Is as Declaration>::Written: NotCounted + NotComputed,
    {
        set(C::META, value.into_assigned())
    }
}

impl<M: Model, R: RelationField<From = M>> One<Root<M>, R> {
    /// Points the relation at another row in an `update`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let bob = User::objects().filter(|u| u.username.eq("bob")).get(&db).await?;
    /// Post::objects().update(&db, |p| p.author.set(&bob)).await?;
    /// assert_eq!(Post::objects().filter(|p| p.author.eq(&bob)).count(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    pub fn set(self, value: impl Assign<TypeOf<R>, M>) -> Set<M> {
        set(<R as Column>::META, value.into_assigned())
    }
}

/// One assignment, or a tuple or `Vec` of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of assignments to fields of `{S}`",
    label = "expected one or more `field.set(value)`",
    note = "write `|row| row.name.set(\"x\")`, or a tuple: `|row| (row.name.set(\"x\"), row.views.set(row.views + 1))`"
)]
pub trait Assignments<S> {
    /// The assignments in order.
    fn into_assignments(self) -> Vec<Assignment>;
}

impl<S> Assignments<S> for Set<S> {
    fn into_assignments(self) -> Vec<Assignment> {
        vec![self.assignment]
    }
}

impl<S> Assignments<S> for Vec<Set<S>> {
    fn into_assignments(self) -> Vec<Assignment> {
        self.into_iter().map(|set| set.assignment).collect()
    }
}

/// A field of `S` itself that can be saved.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a field of `{S}`",
    label = "expected a field of `{S}` itself"
)]
pub trait Writable<S> {
    /// The field.
    fn meta(&self) -> &'static FieldMeta;
}

impl<M: Model, C: Column<Is: Declaration<Model = M>>> Writable<M> for Field<Root<M>, C> {
    fn meta(&self) -> &'static FieldMeta {
        C::META
    }
}

impl<M: Model, R: RelationField<From = M>> Writable<M> for One<Root<M>, R> {
    fn meta(&self) -> &'static FieldMeta {
        <R as Column>::META
    }
}

/// One field, or a tuple of fields, of `S` itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of fields of `{S}`",
    label = "expected a field, or a tuple of fields, of `{S}` itself",
    note = "write `|row| (row.name, row.views)`"
)]
pub trait FieldList<S> {
    /// The fields in order.
    fn fields(&self) -> Vec<&'static FieldMeta>;
}

impl<M: Model, C: Column<Is: Declaration<Model = M>>> FieldList<M> for Field<Root<M>, C> {
    fn fields(&self) -> Vec<&'static FieldMeta> {
        vec![self.meta()]
    }
}

impl<M: Model, R: RelationField<From = M>> FieldList<M> for One<Root<M>, R> {
    fn fields(&self) -> Vec<&'static FieldMeta> {
        vec![self.meta()]
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
        impl<S, $($name: Assignments<S>),+> Assignments<S> for ($($name,)+) {
            fn into_assignments(self) -> Vec<Assignment> {
                let mut all = Vec::new();
                $(all.extend(self.$at.into_assignments());)+
                all
            }
        }

        impl<S, $($name: Writable<S>),+> FieldList<S> for ($($name,)+) {
            fn fields(&self) -> Vec<&'static FieldMeta> {
                vec![$(self.$at.meta()),+]
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}
