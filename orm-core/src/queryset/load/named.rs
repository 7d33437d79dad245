//! What is loaded under a name of the user's own, so that one relation can be loaded several times.

use std::marker::PhantomData;

use super::prefetched::{IntoPrefetched, Prefetchable};
use super::{Load, Prefetches, Selecting};
use crate::backend::Backend;
use crate::error::Result;
use crate::model::{Model, Path, RelationName};
use crate::value::Row;

/// A relation to load under the name `N`.
pub struct Named<X, N> {
    relation: X,
    marker: PhantomData<fn() -> N>,
}

impl<X, N> Named<X, N> {
    pub(crate) fn new(relation: X) -> Self {
        Named { relation, marker: PhantomData }
    }
}

/// How it is loaded.
pub struct NamedLoad<X, N> {
    load: X,
    marker: PhantomData<fn() -> N>,
}

impl<X: Clone, N> Clone for NamedLoad<X, N> {
    fn clone(&self) -> Self {
        NamedLoad { load: self.load.clone(), marker: PhantomData }
    }
}

impl<M: Model, X: Load<M>, N: RelationName> Load<M> for NamedLoad<X, N> {
    type Name = N;
    type Out = X::Out;
    const INCOMPLETE: bool = X::INCOMPLETE;

    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<X::Out> {
        self.load.read(row, at)
    }

    fn prefetches<'a, B: Backend>(
        &'a self,
        rows: Vec<(&'a M, &'a mut X::Out)>,
        into: &mut Prefetches<'a, B>,
    ) {
        self.load.prefetches(rows, into);
    }
}

impl<M: Model, X: Prefetchable<M>, N: RelationName> Prefetchable<M> for NamedLoad<X, N> {
    fn empty(&self) -> X::Out {
        self.load.empty()
    }
}

impl<P: Path<Target: Model>, X: IntoPrefetched<P>, N: RelationName> IntoPrefetched<P> for Named<X, N> {
    type Load = NamedLoad<X::Load, N>;

    fn into_prefetched(self, selecting: &mut Selecting) -> Self::Load {
        NamedLoad { load: self.relation.into_prefetched(selecting), marker: PhantomData }
    }
}

/// Makes a name under which related rows can be loaded: a type, and the name that it has where rows are printed or
/// serialized.
///
/// ```
/// # use orm::prelude::*;
/// orm::relation_name!(pub PopularPosts = "popular_posts");
/// ```
#[macro_export]
macro_rules! relation_name {
    ($(#[$meta:meta])* $visibility:vis $type:ident = $name:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        $visibility struct $type;

        impl $crate::model::RelationName for $type {
            const NAME: &'static str = $name;
        }
    };
}
