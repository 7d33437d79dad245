//! The further queries of a projection's lists.

use std::any::Any;

use super::super::load::{Kept, Prefetches, Rows};
use super::super::shape::RepeatableShape;
use super::{FieldPart, Selects};
use crate::backend::Backend;
use crate::model::Relation;

/// Where asking for a projection's lists is.
pub struct Lists<'a, 'l, B: Backend> {
    queries: &'a [Box<dyn Any + Send + Sync>],
    kept: Kept,
    /// The number of the next list.
    next: usize,
    into: &'l mut Prefetches<'a, B>,
}

impl<'a, 'l, B: Backend> Lists<'a, 'l, B> {
    pub(super) fn new(
        queries: &'a [Box<dyn Any + Send + Sync>],
        kept: Kept,
        into: &'l mut Prefetches<'a, B>,
    ) -> Self {
        Lists { queries, kept, next: 0, into }
    }

    /// Asks for the lists of a field of all rows; called by derived code.
    pub fn add<M, T, P: FieldPart<M, T>>(&mut self, _: P, rows: Vec<(usize, &'a mut T)>) {
        if <P::From as Selects<M, T>>::SIZE.lists > 0 {
            <P::From as Selects<M, T>>::lists(rows, self);
        }
    }

    /// Asks for the next list of all rows.
    pub(super) fn list<R: Relation, S: RepeatableShape<Model = R::To>>(
        &mut self,
        rows: impl ExactSizeIterator<Item = (usize, &'a mut Vec<S::Out>)>,
    ) {
        let at = self.next;
        self.next += 1;
        let keys = self.kept.take::<R::Key>(at);
        // Fields come in the order in which they were selected, so that it is the query for this one.
        if let Some(query) = self.queries.get(at).and_then(|query| query.downcast_ref::<Rows<R, S>>()) {
            let rows = rows.map(|(number, list)| (keys.get(number).cloned().flatten(), list));
            query.prefetch(rows, self.into);
        }
    }
}
