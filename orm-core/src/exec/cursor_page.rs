//! Pages that begin behind a row, whatever is inserted before it: keyset pagination.

use std::future::Future;

use serde::Serialize;

use super::prefetch::complete_kept;
use super::run::rows;
use crate::backend::{Decode, Executor, collect, into_collected};
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::queryset::{QuerySet, Shape, cursor};
use crate::value::{Row, Value, ValueKind};

/// A page of a queryset, with the cursors of those beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CursorPage<T> {
    /// The rows, in the queryset's order.
    pub items: Vec<T>,
    /// The cursor for [`CursorOptions::after`]; `None` on the last page.
    pub next: Option<String>,
    /// The cursor for [`CursorOptions::before`]; `None` on the first page.
    pub previous: Option<String>,
}

/// Which page of a queryset: how many rows, and behind or before which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorOptions<'c> {
    /// Most rows.
    pub limit: u64,
    /// Begins behind the row of this cursor.
    pub after: Option<&'c str>,
    /// Ends before the row of this cursor.
    pub before: Option<&'c str>,
}

impl<'c> CursorOptions<'c> {
    /// The first page, of so many rows.
    pub const fn new(limit: u64) -> Self {
        CursorOptions { limit, after: None, before: None }
    }

    /// The page behind this cursor, if there is one: what a page gave as `next`.
    #[must_use]
    pub fn after(mut self, cursor: impl Into<Option<&'c str>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// The page before this cursor, if there is one: what a page gave as `previous`.
    #[must_use]
    pub fn before(mut self, cursor: impl Into<Option<&'c str>>) -> Self {
        self.before = cursor.into();
        self
    }
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// A page in the queryset's order, to which the primary key is appended. Pages join without a gap and without a row
    /// twice while others insert and delete, and the last page costs no more than the first.
    ///
    /// A cursor is a text for URLs. It belongs to one order of one model; the conditions may differ.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let by_stars = Post::objects().order_by(|p| (p.stars.desc(), p.title));
    /// let first = by_stars.clone().cursor_page(&db, CursorOptions::new(2)).await?;
    /// assert_eq!(first.items.iter().map(|post| post.stars).collect::<Vec<_>>(), [None, Some(5)]);
    ///
    /// let second = by_stars.cursor_page(&db, CursorOptions::new(2).after(first.next.as_deref())).await?;
    /// assert_eq!(second.items.iter().map(|post| post.stars).collect::<Vec<_>>(), [Some(3)]);
    /// assert!(second.next.is_none() && second.previous.is_some());
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidCursor`]; [`Error::InvalidQuery`] for a limit of 0, for `after` and `before` at once, and for a
    /// queryset that is sliced, gives groups or distinct values, or has an order at random, by aggregates, windows or
    /// documents; or the database fails.
    #[track_caller]
    pub fn cursor_page<E: Executor>(
        mut self,
        db: &E,
        options: CursorOptions<'_>,
    ) -> impl Future<Output = Result<CursorPage<S::Out>>> + Send {
        let operation = Operation::called(M::META.name, "cursor_page");
        // Cursors are read here, so that the future need not hold them.
        let plan = Plan::of(&mut self, db, options);
        async move {
            let Plan { order, kinds, limit, from, backwards } = plan?;
            let shape = Keyed { shape: self.shape, kinds };
            let sink = rows(db, self.query, collect::<E::Backend, Keyed<S>>(shape), operation).await?;
            let (shape, mut found) = into_collected::<E::Backend, Keyed<S>>(sink)?;
            let more = found.len() as u64 > limit;
            if more {
                found.pop();
            }
            let mut kept = shape.shape.kept();
            if backwards {
                kept = kept.in_order((0..found.len()).rev().collect());
                found.reverse();
            }
            let at =
                |row: Option<&(S::Out, Vec<Value>)>| row.map(|(_, values)| cursor::write(&order, values));
            let (has_next, has_previous) = if backwards { (from, more) } else { (more, from) };
            let next = if has_next { at(found.last()) } else { None };
            let previous = if has_previous { at(found.first()) } else { None };
            let mut items: Vec<S::Out> = found.into_iter().map(|(row, _)| row).collect();
            if S::INCOMPLETE {
                complete_kept(db, &shape.shape, kept, &mut items, operation.location).await?;
            }
            Ok(CursorPage { items, next, previous })
        }
    }
}

/// What a page is made of, besides the query.
struct Plan {
    /// What cursors of this order have in common.
    order: String,
    kinds: Vec<ValueKind>,
    limit: u64,
    /// Whether it begins at a cursor.
    from: bool,
    backwards: bool,
}

impl Plan {
    /// Changes the query so that it gives the rows of the page, and one more if there is one.
    fn of<M: Model, S: Shape<Model = M>, E: Executor>(
        queryset: &mut QuerySet<M, S>,
        db: &E,
        options: CursorOptions<'_>,
    ) -> Result<Self> {
        let CursorOptions { limit, after, before } = options;
        let refuse = |what: &'static str| Err(Error::InvalidQuery(what.into()));
        let (cursor, backwards) = match (after, before) {
            (Some(_), Some(_)) => return refuse("a page is behind a cursor or before one, not both"),
            (after, None) => (after, false),
            (None, before) => (before, true),
        };
        if limit == 0 {
            return refuse("a page has at least one row");
        }
        let query = &mut queryset.query;
        let mut terms = query.keyset()?;
        let order = query.order_text(db.dialect())?;
        let kinds: Vec<ValueKind> = terms.iter().map(|term| term.kind).collect();
        if backwards {
            query.reverse();
            terms = query.keyset()?;
        }
        if let Some(text) = cursor {
            query.behind(&terms, &cursor::read(text, &order, &kinds)?);
        }
        query.select_keys(&terms);
        // More than a signed number is more than a database can count to.
        query.limit(limit.saturating_add(1).min(i64::MAX.unsigned_abs()));
        Ok(Plan { order, kinds, limit, from: cursor.is_some(), backwards })
    }
}

/// A row, and behind it its values in the order.
#[derive(Clone)]
struct Keyed<S> {
    shape: S,
    kinds: Vec<ValueKind>,
}

impl<S: Shape> Decode for Keyed<S> {
    type Out = (S::Out, Vec<Value>);
    const REWIND: Option<fn(&Self)> = match S::REWIND {
        Some(_) => Some(|keyed| S::REWIND.into_iter().for_each(|rewind| rewind(&keyed.shape))),
        None => None,
    };

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<Self::Out> {
        let out = self.shape.read(row, 0)?;
        let behind = self.shape.width();
        let values = self.kinds.iter().enumerate().map(|(at, kind)| Value::from_row(row, behind + at, *kind));
        Ok((out, values.collect::<Result<_, _>>()?))
    }
}
