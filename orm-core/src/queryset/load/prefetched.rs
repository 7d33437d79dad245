//! Related rows that come with further queries: one for each relation, whatever the number of rows.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::marker::PhantomData;

use super::super::field::{Many, One};
use super::super::query::Query;
use super::super::related::Related;
use super::super::shape::{RepeatableShape, Shape, Whole};
use super::lists::load_lists;
use super::named::Named;
use super::{Load, Loads, Plan, Prefetch, Prefetches, Selecting};
use crate::backend::{Backend, BoxSink, Decode, collect, into_collected};
use crate::compile::{Dialect, rows_at_once};
use crate::error::{FieldError, Result};
use crate::model::{Key, Model, Path, Relation, RelationName, ToMany, ToOne};
use crate::schema::{FieldMeta, RelationMeta};
use crate::value::{Row, Value};

/// What can be loaded for rows that are there already.
pub trait Prefetchable<M>: Load<M> {
    /// What a row has before the further query.
    fn empty(&self) -> Self::Out;
}

/// The rows at the end of a relation, of shape `S`, read by a query of their own.
pub(in super::super) struct Rows<R, S> {
    query: Query,
    shape: S,
    marker: PhantomData<fn() -> R>,
}

impl<R, S> Rows<R, S> {
    pub(in super::super) fn new(query: Query, shape: S) -> Self {
        Rows { query, shape, marker: PhantomData }
    }
}

impl<R: Relation, S: RepeatableShape<Model = R::To>> Rows<R, S> {
    /// Reads those of these keys, into the place beside each.
    pub(in super::super) fn prefetch<'a, B: Backend>(
        &'a self,
        rows: impl ExactSizeIterator<Item = (Option<R::Key>, &'a mut Vec<S::Out>)>,
        into: &mut Prefetches<'a, B>,
    ) {
        self.ask(rows, into);
    }

    fn ask<'a, B: Backend, O: Slot<S::Out> + 'a>(
        &'a self,
        rows: impl ExactSizeIterator<Item = (Option<R::Key>, &'a mut O)>,
        into: &mut Prefetches<'a, B>,
    ) {
        let mut places = Places::<R::Key, O>::with_capacity(rows.len());
        for (key, slot) in rows {
            if let Some(key) = key {
                places.add(key, slot);
            }
        }
        for places in places.split(into.dialect) {
            into.push(Asking { rows: self, dialect: into.dialect, places });
        }
    }
}

impl<R, S: Clone> Clone for Rows<R, S> {
    fn clone(&self) -> Self {
        Rows { query: self.query.clone(), shape: self.shape.clone(), marker: PhantomData }
    }
}

/// All rows at the end of a relation: a `Vec`.
pub struct PrefetchedMany<R, S>(Rows<R, S>);

/// The row at the end of a relation: an `Option`, for the further query may not find it.
pub struct PrefetchedOne<R, S>(Rows<R, S>);

macro_rules! loads {
    ($($name:ident $out:ident $empty:expr;)*) => {$(
        impl<R, S: Clone> Clone for $name<R, S> {
            fn clone(&self) -> Self {
                $name(self.0.clone())
            }
        }

        impl<M, R, S> Load<M> for $name<R, S>
        where
            M: Model,
            R: Relation<From = M> + RelationName,
            S: RepeatableShape<Model = R::To>,
        {
            type Name = R;
            type Out = $out<S::Out>;
            const INCOMPLETE: bool = true;

            #[inline]
            fn read<D: Row + ?Sized>(&self, _row: &mut D, _at: usize) -> Result<Self::Out> {
                Ok($empty)
            }

            fn prefetches<'a, B: Backend>(
                &'a self,
                rows: Vec<(&'a M, &'a mut Self::Out)>,
                into: &mut Prefetches<'a, B>,
            ) {
                self.0.ask(rows.into_iter().map(|(row, slot)| (R::key(row), slot)), into);
            }
        }

        impl<M, R, S> Prefetchable<M> for $name<R, S>
        where
            M: Model,
            R: Relation<From = M> + RelationName,
            S: RepeatableShape<Model = R::To>,
        {
            fn empty(&self) -> Self::Out {
                $empty
            }
        }
    )*};
}

loads! {
    PrefetchedMany Vec Vec::new();
    PrefetchedOne Option None;
}

/// Where the rows of each key go.
struct Places<'a, K, O> {
    /// The first place of a key.
    first: HashMap<K, usize>,
    /// The keys in the order in which they came.
    keys: Vec<K>,
    slots: Vec<&'a mut O>,
    /// For each place, the next one of the same key.
    next: Vec<Option<usize>>,
}

impl<'a, K: Key, O> Places<'a, K, O> {
    fn with_capacity(rows: usize) -> Self {
        Places {
            first: HashMap::with_capacity(rows),
            keys: Vec::with_capacity(rows),
            slots: Vec::with_capacity(rows),
            next: Vec::with_capacity(rows),
        }
    }

    fn add(&mut self, key: K, slot: &'a mut O) {
        let at = self.slots.len();
        let next = match self.first.entry(key) {
            Entry::Occupied(mut known) => Some(std::mem::replace(known.get_mut(), at)),
            Entry::Vacant(new) => {
                self.keys.push(new.key().clone());
                new.insert(at);
                None
            }
        };
        self.slots.push(slot);
        self.next.push(next);
    }

    /// In parts, each of no more keys than one list may have.
    fn split(self, dialect: Dialect) -> Vec<Self> {
        let first = self.keys.first().and_then(|key| key.to_values().ok());
        let at_once = first.map_or(usize::MAX, |values| rows_at_once(dialect, &values));
        if self.keys.len() <= at_once {
            return vec![self];
        }
        let mut slots: Vec<Option<&'a mut O>> = self.slots.into_iter().map(Some).collect();
        let part = |keys: &[K]| {
            let mut part = Places::with_capacity(keys.len());
            for key in keys {
                let mut place = self.first.get(key).copied();
                while let Some(at) = place {
                    if let Some(slot) = slots.get_mut(at).and_then(Option::take) {
                        part.add(key.clone(), slot);
                    }
                    place = self.next.get(at).copied().flatten();
                }
            }
            part
        };
        self.keys.chunks(at_once).map(part).collect()
    }
}

/// Where related rows are put: all, or the one.
trait Slot<T: 'static>: Send {
    fn put(&mut self, row: T);

    fn rows(&mut self) -> impl Iterator<Item = &mut T>;
}

impl<T: Send + 'static> Slot<T> for Vec<T> {
    fn put(&mut self, row: T) {
        self.push(row);
    }

    fn rows(&mut self) -> impl Iterator<Item = &mut T> {
        self.iter_mut()
    }
}

impl<T: Send + 'static> Slot<T> for Option<T> {
    fn put(&mut self, row: T) {
        *self = Some(row);
    }

    fn rows(&mut self) -> impl Iterator<Item = &mut T> {
        self.iter_mut()
    }
}

/// A query, and where its rows go.
struct Asking<'a, R: Relation, S, O> {
    rows: &'a Rows<R, S>,
    dialect: Dialect,
    places: Places<'a, R::Key, O>,
}

impl<'a, B, R, S, O> Prefetch<'a, B> for Asking<'a, R, S, O>
where
    B: Backend,
    R: Relation,
    S: RepeatableShape<Model = R::To>,
    O: Slot<S::Out> + 'a,
{
    fn relation(&self) -> &'static RelationMeta {
        R::META
    }

    fn ask(&mut self) -> Result<Option<(Query, BoxSink<B>)>> {
        let keys = std::mem::take(&mut self.places.keys);
        if keys.is_empty() {
            return Ok(None);
        }
        let several = keys.len() > 1;
        let keys = keys.iter().map(Key::to_values).collect::<Result<Vec<Vec<Value>>, _>>()?;
        let mut query = self.rows.query.clone();
        query.apply_default_order();
        let columns = query.reach(R::META);
        query.with_keys(&columns, keys);
        if several {
            query.slice_each(&columns);
        }
        query.also(columns);
        let decode = Keyed { shape: self.rows.shape.clone(), marker: PhantomData };
        Ok(Some((query, collect::<B, Keyed<R::Key, S>>(decode))))
    }

    fn take(mut self: Box<Self>, sink: BoxSink<B>) -> Result<Prefetches<'a, B>> {
        let (decode, found) = into_collected::<B, Keyed<R::Key, S>>(sink)?;
        let Places { first, slots, next, .. } = &mut self.places;
        // Rows of one key often follow each other.
        let mut last: Option<(R::Key, usize)> = None;
        // Which row stands where, by its number, if that matters.
        let mut placed: Vec<(usize, usize)> = Vec::new();
        for (number, (key, row)) in found.into_iter().enumerate() {
            let at = match &last {
                Some((known, at)) if *known == key => *at,
                _ => {
                    let Some(&at) = first.get(&key) else { continue };
                    last = Some((key, at));
                    at
                }
            };
            let mut place = at;
            while let Some(further) = next[place] {
                if S::KEEPS {
                    placed.push((place, number));
                }
                slots[place].put(S::repeat(&row));
                place = further;
            }
            if S::KEEPS {
                placed.push((place, number));
            }
            slots[place].put(row);
        }
        let mut further = Prefetches::new(self.dialect);
        if S::INCOMPLETE {
            let rows = self.places.slots.into_iter().flat_map(Slot::rows).collect();
            let mut kept = decode.shape.kept();
            if S::KEEPS {
                placed.sort_by_key(|(place, _)| *place);
                kept = kept.in_order(placed.into_iter().map(|(_, number)| number).collect());
            }
            self.rows.shape.prefetches(rows, kept, &mut further);
        }
        Ok(further)
    }
}

/// Rows with the key that they are found by, which stands behind them.
struct Keyed<K, S> {
    shape: S,
    marker: PhantomData<fn() -> K>,
}

impl<K: Key, S: Shape> Decode for Keyed<K, S> {
    type Out = (K, S::Out);
    const REWIND: Option<fn(&Self)> = match S::REWIND {
        Some(_) => Some(|keyed| S::REWIND.into_iter().for_each(|rewind| rewind(&keyed.shape))),
        None => None,
    };

    #[inline]
    fn decode<D: Row + ?Sized>(&self, row: &mut D) -> Result<Self::Out> {
        let out = self.shape.read(row, 0)?;
        let key = K::from_columns(row, self.shape.width()).map_err(|(at, error)| misread::<S>(at, error))?;
        Ok((key, out))
    }
}

#[cold]
fn misread<S: Shape>(at: usize, error: crate::error::ValueError) -> crate::Error {
    let model = <S::Model as Model>::META;
    let field: Option<&FieldMeta> = model.key_fields().nth(at);
    FieldError::new(model.name, field.map_or("key", |field| field.name), error).into()
}

/// A relation, from the end of the path `P`, whose rows can be read by a query of their own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation of this model",
    label = "expected a relation such as `row.posts`, or one that is filtered, ordered or limited"
)]
pub trait IntoPrefetched<P: Path> {
    /// How it is loaded.
    type Load: Prefetchable<P::Target>;

    /// The query for the rows; a mistake in it is noted.
    fn into_prefetched(self, selecting: &mut Selecting) -> Self::Load;
}

impl<P: Path, R: ToOne<From = P::Target, To: Clone>> IntoPrefetched<P> for One<P, R> {
    type Load = PrefetchedOne<R, Whole<R::To>>;

    fn into_prefetched(self, _selecting: &mut Selecting) -> Self::Load {
        let query = Query::new(<R::To as Model>::META);
        PrefetchedOne(Rows::new(query, Whole::NEW))
    }
}

impl<P: Path, R: ToMany<From = P::Target, To: Clone>> IntoPrefetched<P> for Many<P, R> {
    type Load = PrefetchedMany<R, Whole<R::To>>;

    fn into_prefetched(self, selecting: &mut Selecting) -> Self::Load {
        Related::<P, R>::from(self).into_prefetched(selecting)
    }
}

impl<P, R, S> IntoPrefetched<P> for Related<P, R, S>
where
    P: Path,
    R: ToMany<From = P::Target>,
    S: RepeatableShape<Model = R::To>,
{
    type Load = PrefetchedMany<R, S>;

    fn into_prefetched(self, selecting: &mut Selecting) -> Self::Load {
        let (mut query, shape) = self.into_query();
        query.refuse_slices_of_rows_without_keys();
        selecting.note(query.check());
        PrefetchedMany(Rows::new(query, shape))
    }
}

/// One relation, or a tuple of up to 8.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation of this model",
    label = "expected a relation such as `row.posts`, or one that is filtered, ordered or limited, or a tuple of up to 8 of these"
)]
pub trait PrefetchedList<P: Path> {
    /// All that is loaded then.
    type Plan<L: Loads<P::Target>>: Loads<P::Target>;

    /// Adds them.
    fn plan<L: Loads<P::Target>>(self, selecting: &mut Selecting, rest: L) -> Self::Plan<L>;
}

load_lists! {
    PrefetchedList IntoPrefetched into_prefetched;
    [P, R] One<P, R>;
    [P, R] Many<P, R>;
    [P, R: Relation, S: Shape<Model = R::To>] Related<P, R, S>;
    [X, N] Named<X, N>;
}
