//! Relations as types: the derive makes one zero-sized type for each, named like the field or the other side.

use super::{Column, Declaration, ForeignKey, Key, Model, TypeOf};
use crate::schema::RelationMeta;
use crate::value::RowNullability;

/// A relation from one model to another, or to itself.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a relation", label = "expected a relation")]
pub trait Relation: 'static {
    /// The model that it starts from. Without a bound, so that what it lacks is said once and not for each relation.
    type From;
    /// The model it leads to.
    type To: Model;
    /// The values by which rows find each other.
    type Key: Key;
    /// The relation as data.
    const META: &'static RelationMeta;

    /// The values in a row at the start; none where there can be no other row.
    fn key(row: &Self::From) -> Option<Self::Key>;
}

/// A relation to one row: a foreign key, or the other side of a one-to-one relation.
pub trait ToOne: Relation {
    /// [`crate::value::Required`] or [`crate::value::Optional`].
    type Optional: RowNullability;
}

/// A relation to any number of rows.
pub trait ToMany: Relation {
    /// [`ByKey`] or [`ByTable`].
    type Kind: 'static;
}

/// The related rows hold the key.
pub struct ByKey(());

/// The rows of a table between hold the keys.
pub struct ByTable(());

/// A foreign key: a relation that is a field.
pub trait RelationField: ToOne + Column<Is: Declaration<Model = <Self as Relation>::From>> {}

/// A relation whose key the rows at its start store.
pub trait Stored: ToOne {
    /// The values in a row at the end that those at the start hold.
    fn target_key(row: &Self::To) -> Self::Key;
}

/// A relation by rows of a model between, each of which points at one row of both sides.
pub trait ManyToMany: ToMany {
    /// The model between.
    type Through: Model;
    /// Leads from there to the start.
    type Near: Stored<From = Self::Through, To = Self::From>;
    /// Leads from there to the end.
    type Far: Stored<From = Self::Through, To = Self::To>;

    /// The row between that says the same from the other end, of a relation of a model to itself that holds both ways.
    fn swapped(_near: &NearKey<Self>, _far: &FarKey<Self>) -> Option<(NearKey<Self>, FarKey<Self>)> {
        None
    }
}

/// What rows between hold of the row at the start.
pub type NearKey<R> = <<R as ManyToMany>::Near as Relation>::Key;

/// What rows between hold of the row at the end.
pub type FarKey<R> = <<R as ManyToMany>::Far as Relation>::Key;

/// A relation that its target can have a name for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no other side",
    label = "not a foreign key and not a many-to-many relation",
    note = "name the relation that leads here: `has_many(posts = Post::author)`"
)]
pub trait Reversible: Relation {
    /// The values by which the other side finds its rows.
    type ReverseKey: Key;
    /// [`ByKey`] or [`ByTable`].
    type ReverseKind: 'static;

    /// The values in a row at the end.
    fn reverse_key(row: &Self::To) -> Option<Self::ReverseKey>;
}

/// A relation of which at most one row is at the start for each at the end.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a one-to-one relation",
    label = "several rows may point at the same one",
    note = "write `has_many(…)`, or make the field a `OneToOne<…>`"
)]
pub trait Unique: Stored {}

/// A field that is a [`ForeignKey`], or an `Option` of one. The derive writes this, from which the rest follows.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a relation", label = "expected a relation")]
pub trait ForeignKeyField: 'static {
    /// The model that holds the key.
    type From;
    /// The model pointed at.
    type To: Model;
    /// [`crate::value::Required`] or [`crate::value::Optional`].
    type Optional: RowNullability;
    /// The relation as data.
    const META: &'static RelationMeta;

    /// The field, if it holds a key.
    fn foreign_key(row: &Self::From) -> Option<&ForeignKey<Self::To>>;
}

#[diagnostic::do_not_recommend]
impl<R: ForeignKeyField> Relation for R {
    type From = R::From;
    type To = R::To;
    type Key = <R::To as Model>::Key;
    const META: &'static RelationMeta = <R as ForeignKeyField>::META;

    fn key(row: &R::From) -> Option<Self::Key> {
        R::foreign_key(row).map(|key| key.key().clone())
    }
}

#[diagnostic::do_not_recommend]
impl<R: ForeignKeyField> ToOne for R {
    type Optional = R::Optional;
}

#[diagnostic::do_not_recommend]
impl<R: ForeignKeyField> Stored for R {
    fn target_key(row: &R::To) -> Self::Key {
        row.key()
    }
}

#[diagnostic::do_not_recommend]
impl<R: ForeignKeyField> Reversible for R {
    type ReverseKey = <R::To as Model>::Key;
    type ReverseKind = ByKey;

    fn reverse_key(row: &R::To) -> Option<Self::ReverseKey> {
        Some(row.key())
    }
}

#[diagnostic::do_not_recommend]
impl<R: ForeignKeyField + Column<Is: Declaration<Model = <R as ForeignKeyField>::From>>> RelationField for R {}

/// A foreign key that may be NULL, so that it can let go of what it points at.
#[diagnostic::on_unimplemented(
    message = "rows cannot be taken out of this relation, because its foreign key is never NULL",
    label = "the foreign key is not an `Option`",
    note = "delete the rows instead, or make the field an `Option<ForeignKey<…>>`"
)]
pub trait LetsGo {}

impl LetsGo for crate::value::Optional {}

/// A field whose values are different in all rows.
#[diagnostic::on_unimplemented(
    message = "the values of `{Self}` need not be different in all rows",
    label = "this field is not unique, or may be NULL",
    note = "make it `#[field(unique)]` and no `Option`, or read the rows with `.filter(|row| row.field.is_in(values))`"
)]
pub trait UniqueField: Column {
    /// The value in a row.
    fn of(row: &<Self::Is as Declaration>::Model) -> &TypeOf<Self>;
}

/// The other side of a relation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the other side of a foreign key",
    label = "the rows of this relation do not hold the key",
    note = "a foreign key of the new row is given to its builder; rows that point at it belong to a `has_one(…)` or `has_many(…)`"
)]
pub trait ReverseOf {
    /// The relation.
    type Of: Relation;
}

impl<R> ManyToMany for R
where
    R: ToMany + ReverseOf + Relation<From = <R::Of as Relation>::To, To = <R::Of as Relation>::From>,
    R::Of: ManyToMany,
{
    type Through = <R::Of as ManyToMany>::Through;
    type Near = <R::Of as ManyToMany>::Far;
    type Far = <R::Of as ManyToMany>::Near;

    fn swapped(near: &NearKey<R>, far: &FarKey<R>) -> Option<(NearKey<R>, FarKey<R>)> {
        <R::Of as ManyToMany>::swapped(far, near).map(|(near, far)| (far, near))
    }
}

/// The type that a model's relation or field of some name has; `NAME` is a number made from the name, so that other
/// models can speak of it wherever they are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no relation or unique field of this name",
    label = "no such relation of `{Self}`"
)]
pub trait Named<const NAME: u64> {
    /// The type.
    type Marker: 'static;
}
