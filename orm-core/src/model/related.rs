//! A row with rows that are related to it, and the list of these as a type.

mod serialize;

pub use serialize::{SerializeRelations, Which};

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use super::loaded::{Here, There};
use super::{Cons, Model, Nil, Relation};

/// A row, and what was loaded with it.
pub struct Loaded<M, L> {
    row: M,
    loaded: L,
}

impl<M, L> Loaded<M, L> {
    /// A row with what was loaded.
    pub const fn new(row: M, loaded: L) -> Self {
        Loaded { row, loaded }
    }

    /// The row.
    pub const fn row(&self) -> &M {
        &self.row
    }

    /// The row, to change it.
    pub const fn row_mut(&mut self) -> &mut M {
        &mut self.row
    }

    /// What was loaded.
    pub const fn loaded(&self) -> &L {
        &self.loaded
    }

    /// The row, and what was loaded, to change it.
    pub const fn parts_mut(&mut self) -> (&M, &mut L) {
        (&self.row, &mut self.loaded)
    }

    /// The row, and what was loaded.
    pub fn into_parts(self) -> (M, L) {
        (self.row, self.loaded)
    }
}

impl<M, L> Deref for Loaded<M, L> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.row
    }
}

impl<M, L> DerefMut for Loaded<M, L> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.row
    }
}

/// A row with which nothing was loaded.
impl<M: Model> LoadedRow for M {
    type Model = M;
    type Loaded = Nil;

    fn into_parts(self) -> (M, Nil) {
        (self, Nil)
    }

    fn row(&self) -> &M {
        self
    }
}

/// The row of a model without relations: what is loaded with it has names of the user's own.
impl<M: Model, L: Send + 'static> LoadedRow for Loaded<M, L> {
    type Model = M;
    type Loaded = L;

    fn into_parts(self) -> (M, L) {
        (self.row, self.loaded)
    }

    fn row(&self) -> &M {
        &self.row
    }
}

impl<M: Model, L: Send + 'static> RowParts for Loaded<M, L> {
    fn parts_mut(&mut self) -> (&M, &mut L) {
        (&self.row, &mut self.loaded)
    }
}

impl<M: Clone, L: Clone> Clone for Loaded<M, L> {
    fn clone(&self) -> Self {
        Loaded { row: self.row.clone(), loaded: self.loaded.clone() }
    }
}

impl<M: PartialEq, L: PartialEq> PartialEq for Loaded<M, L> {
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row && self.loaded == other.loaded
    }
}

impl<M: Eq, L: Eq> Eq for Loaded<M, L> {}

impl<M: Hash, L: Hash> Hash for Loaded<M, L> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.row.hash(state);
        self.loaded.hash(state);
    }
}

impl<M: Model + fmt::Debug, L: DebugRelations> fmt::Debug for Loaded<M, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(M::META.name);
        out.field("row", &self.row);
        self.loaded.debug_relations(&mut out);
        out.finish()
    }
}

/// Loaded relations that people who debug can see.
pub trait DebugRelations {
    /// Adds them, the first loaded first.
    fn debug_relations(&self, out: &mut fmt::DebugStruct<'_, '_>);
}

impl DebugRelations for Nil {
    fn debug_relations(&self, _out: &mut fmt::DebugStruct<'_, '_>) {}
}

impl<R: RelationName, D: fmt::Debug, L: DebugRelations> DebugRelations for Cons<R, D, L> {
    fn debug_relations(&self, out: &mut fmt::DebugStruct<'_, '_>) {
        self.rest().debug_relations(out);
        out.field(R::NAME, self.value());
    }
}

/// The name under which a relation was loaded, as a type: the relation itself, or one made by
/// [`relation_name!`](crate::relation_name).
pub trait RelationName: 'static {
    /// The name.
    const NAME: &'static str;
}

/// The list has the relation `R` to one row, loaded as a `D`, at `I`, which the compiler finds.
///
/// What an accessor returns has to be the method's own parameter `D`: of a type behind a trait the compiler would not
/// say these words.
#[diagnostic::on_unimplemented(
    message = "relation `{R}` was not loaded by this query; add it to `.select_related(…)`",
    label = "`{R}` was not loaded"
)]
pub trait HasOne<R, I, D> {
    /// The related row.
    fn related(&self) -> &D;
}

/// The list has the relation `R` to many rows, loaded as a `D`, at `I`, which the compiler finds.
#[diagnostic::on_unimplemented(
    message = "relation `{R}` was not loaded by this query; add it to `.prefetch_related(…)`",
    label = "`{R}` was not loaded"
)]
pub trait HasMany<R, I, D> {
    /// The related rows.
    fn related(&self) -> &D;
}

macro_rules! has {
    ($($trait:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, D, L> $trait<R, Here, D> for Cons<R, D, L> {
            fn related(&self) -> &D {
                self.value()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R, D, I, Other, O, L: $trait<R, I, D>> $trait<R, There<I>, D> for Cons<Other, O, L> {
            fn related(&self) -> &D {
                self.rest().related()
            }
        }
    )*};
}

has!(HasOne, HasMany);

/// A row of a model, with or without rows that are related to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of a model",
    label = "expected a model, or a row with its relations loaded"
)]
pub trait LoadedRow: Sized + Send {
    /// The model.
    type Model: Model;
    /// What is loaded.
    type Loaded: Send + 'static;

    /// The row, and what is loaded.
    fn into_parts(self) -> (Self::Model, Self::Loaded);

    /// The row, without what is loaded.
    fn row(&self) -> &Self::Model;

    /// The row alone.
    fn into_row(self) -> Self::Model {
        self.into_parts().0
    }

    /// What was loaded under a name of your own: one made by [`relation_name!`](crate::relation_name).
    fn loaded<N: RelationName, I, D>(&self, _name: N) -> &D
    where
        Self: HasNamed<N, I, D>,
    {
        self.named()
    }
}

/// A row whose related rows can be changed.
pub trait RowParts: LoadedRow {
    /// The row, and what is loaded, to change it.
    fn parts_mut(&mut self) -> (&Self::Model, &mut Self::Loaded);
}

/// A row that has something loaded under the name `N`.
#[diagnostic::on_unimplemented(
    message = "nothing was loaded under the name `{N}` by this query",
    label = "`{N}` was not loaded",
    note = "add `.named({N})` to what `.prefetch_related(…)` loads"
)]
pub trait HasNamed<N, I, D> {
    /// What was loaded.
    fn named(&self) -> &D;
}

/// A foreign key's related row, or rows, is what a relation is called by itself.
impl<R: Relation> RelationName for R {
    const NAME: &'static str = R::META.name;
}
