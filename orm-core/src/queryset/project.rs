//! `project`: rows as a struct of the user's own.

mod column;
mod columns;
mod lists;
mod many;
mod one;
mod part;
mod selected;

pub use column::ReadInto;
pub use columns::{Columns, RawColumn, RawColumns, read_named};
pub use lists::Lists;
pub use many::{FromMany, ListShape};
pub use one::{FromOne, MaybeMissing};
pub(crate) use part::column_part;
pub use part::{FieldPart, Selects, Size, copy, gather, part};
pub use selected::Selected;

use std::any::Any;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::QuerySet;
use super::load::{Kept, Prefetches};
use super::shape::{ModelShape, Names, RepeatableShape, Shape};
use crate::backend::{Backend, Decode};
use crate::error::Result;
use crate::model::Model;
use crate::value::Row;

/// A struct that says what is selected. Implemented by `#[derive(Projection)]`.
///
/// Its functions go over the struct's fields in the same order, and ask each field's [`FieldPart`] to do the work: a part knows
/// what the field is read from, so that a struct of columns, of related rows and of lists is written the same.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "add `#[derive(Projection)]` and `#[projection(Model)]` to `{Self}`"
)]
pub trait Projection: Sized + Send + 'static {
    /// The model whose rows it is made of.
    type Model: Model;

    /// How many columns are read, and how many lists by further queries.
    const SIZE: Size;

    /// Selects what is read, field by field.
    fn select(selected: &mut Selected);

    /// Reads a row, field by field.
    ///
    /// # Errors
    /// A column does not hold what is read; the error names the model's field.
    fn read<R: Row + ?Sized>(row: &mut R, columns: &mut Columns<'_>) -> Result<Self>;

    /// Asks for what the lists of rows are made of, field by field. Beside each row is the number under which keys were
    /// kept of it.
    fn lists<'a, B: Backend>(rows: Vec<(usize, &'a mut Self)>, lists: &mut Lists<'a, '_, B>);

    /// A further row of the same content, whether the struct is `Clone` or not: rows of a list may belong to several
    /// others.
    #[must_use]
    fn copy(&self) -> Self;
}

/// A projection of `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection of `{M}`",
    label = "expected a struct with `#[derive(Projection)]` and `#[projection({M})]`"
)]
pub trait ProjectionOf<M>: Projection {}

/// Rows as a projection.
pub struct Projected<M, P> {
    names: Names,
    width: usize,
    /// The queries that its lists are read by: each a [`Rows`](super::load::Rows) of its own type.
    lists: Arc<[Box<dyn Any + Send + Sync>]>,
    kept: Mutex<Kept>,
    marker: PhantomData<fn() -> (M, P)>,
}

impl<M, P> Projected<M, P> {
    fn keeping(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M, P> Clone for Projected<M, P> {
    fn clone(&self) -> Self {
        Projected {
            names: self.names.clone(),
            width: self.width,
            lists: Arc::clone(&self.lists),
            // What was kept is of the rows that were read by this value.
            kept: Mutex::default(),
            marker: PhantomData,
        }
    }
}

impl<M: Model, P: ProjectionOf<M>> Decode for Projected<M, P> {
    type Out = P;
    const REWIND: Option<fn(&Self)> =
        if Self::KEEPS { Some(|projected| *projected.keeping() = Kept::default()) } else { None };

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<P> {
        self.read(row, 0)
    }
}

impl<M: Model, P: ProjectionOf<M>> Shape for Projected<M, P> {
    type Model = M;
    const INCOMPLETE: bool = P::SIZE.lists > 0;
    const KEEPS: bool = P::SIZE.lists > 0;

    fn width(&self) -> usize {
        self.width
    }

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<P> {
        if !Self::KEEPS {
            return P::read(row, &mut Columns::of(at, &self.names, None));
        }
        let mut kept = self.keeping();
        let read = P::read(row, &mut Columns::of(at, &self.names, Some(&mut kept)))?;
        kept.next_row();
        Ok(read)
    }

    fn kept(&self) -> Kept {
        std::mem::take(&mut *self.keeping())
    }

    fn prefetches<'a, B: Backend>(&'a self, rows: Vec<&'a mut P>, kept: Kept, into: &mut Prefetches<'a, B>) {
        let rows = rows.into_iter().enumerate().map(|(place, row)| (kept.number(place), row)).collect();
        P::lists(rows, &mut Lists::new(&self.lists, kept, into));
    }
}

impl<M: Model, P: ProjectionOf<M>> RepeatableShape for Projected<M, P> {
    fn repeat(row: &P) -> P {
        row.copy()
    }
}

impl<M: Model, S: ModelShape<Model = M>> QuerySet<M, S> {
    /// Rows as a struct of your own, which says what is selected: columns, also of related rows, expressions, related rows
    /// as structs within it, and lists of them.
    ///
    /// A related row is joined, and only its named columns are selected. A list is read by one further query, however many
    /// rows there are. Beside aggregates, plain columns are what rows of a group have in common, as in
    /// [`QuerySet::values`]; groups have no lists.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// #[derive(Projection, Debug, PartialEq)]
    /// #[projection(Post)]
    /// struct PostCard {
    ///     id: i64,
    ///     title: String,
    ///     author: AuthorCard,
    ///     #[projection(expr = |p| p.views * 2)]
    ///     twice: i64,
    /// }
    ///
    /// #[derive(Projection, Debug, PartialEq)]
    /// #[projection(User)]
    /// struct AuthorCard {
    ///     username: String,
    /// }
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let card = Post::objects().order_by(|p| p.id).project::<PostCard>().first(&db).await?;
    /// let author = AuthorCard { username: "ann".into() };
    /// assert_eq!(card, Some(PostCard { id: 1, title: "Hello".into(), author, twice: 240 }));
    /// # Ok(()) }) }
    /// ```
    pub fn project<P: ProjectionOf<M>>(mut self) -> QuerySet<M, Projected<M, P>> {
        let Selected { nodes, lists, error, .. } = Selected::by::<P>(M::META);
        let (names, width) = (Names::of(&nodes), nodes.len());
        self.query.values(nodes);
        if !lists.is_empty() {
            self.query.list_rows();
        }
        if let Some(error) = error {
            self.query.fail(error);
        }
        let shape =
            Projected { names, width, lists: lists.into(), kept: Mutex::default(), marker: PhantomData };
        QuerySet { query: self.query, shape }
    }
}
