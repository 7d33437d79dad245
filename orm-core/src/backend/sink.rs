//! Where a driver puts its rows: decoded one by one, on whichever thread has them.

use std::any::Any;
use std::mem;

use super::Backend;
use crate::compile::CompiledSql;
use crate::error::{Error, Result};
use crate::value::Row;

/// What turns a driver's row into `Out`: a value, so that it can travel to SQLite's worker thread.
pub trait Decode: Send + 'static {
    /// What one row becomes.
    type Out: Send + 'static;

    /// Decodes one row.
    ///
    /// # Errors
    /// A column does not hold what the field reads.
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<Self::Out>;

    /// Forgets what it kept of the rows decoded so far, if it keeps anything.
    const REWIND: Option<fn(&Self)> = None;
}

/// Takes rows one by one. One virtual call a row; the getters inside are monomorphised for the backend.
pub trait RowSink<B: Backend>: Send + 'static {
    /// Takes a row. After an error the driver stops reading, leaves the connection usable, and returns that error.
    ///
    /// # Errors
    /// The row could not be decoded.
    fn push(&mut self, row: &mut B::Row<'_>) -> Result<()>;

    /// Forgets the rows taken so far and says so; false when it cannot. A driver that may have to run a read a second
    /// time (SQLite: first in place, then on its thread) asks before the first row, and does not try otherwise.
    fn rewind(&mut self) -> bool {
        false
    }

    /// Gives up the sink, for whoever knows its type.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
}

/// A sink of any type; a driver takes it and gives it back filled.
pub type BoxSink<B> = Box<dyn RowSink<B>>;

/// Statements that do not depend on each other, each with the sink for its rows.
pub type Queries<B> = Vec<(CompiledSql, BoxSink<B>)>;

struct Collect<D: Decode> {
    decode: D,
    out: Vec<D::Out>,
}

impl<D: Decode> Collect<D> {
    /// No rows. One constant, and not a `const { Vec::new() }` at each place: each would be one more for each model.
    const EMPTY: Vec<D::Out> = Vec::new();
}

impl<B: Backend, D: Decode> RowSink<B> for Collect<D> {
    fn push(&mut self, row: &mut B::Row<'_>) -> Result<()> {
        // Not `?`: there is one of these for each model.
        match self.decode.decode(row) {
            Ok(row) => {
                // Which is what `push` calls.
                let _ = self.out.push_mut(row);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn rewind(&mut self) -> bool {
        self.out = Self::EMPTY;
        if let Some(rewind) = D::REWIND {
            rewind(&self.decode);
        }
        true
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// A sink that collects what `decode` makes.
pub fn collect<B: Backend, D: Decode>(decode: D) -> BoxSink<B> {
    Box::new(Collect { decode, out: Collect::<D>::EMPTY })
}

/// A sink in which rows are already.
pub(crate) fn collected<B: Backend, D: Decode>(decode: D, out: Vec<D::Out>) -> BoxSink<B> {
    Box::new(Collect { decode, out })
}

/// What is expected of the rows in a sink.
#[derive(Clone, Copy)]
pub(crate) struct Expected {
    /// Whose rows they are.
    pub(crate) model: &'static str,
    /// Whether there may be several; the last of them counts.
    pub(crate) several: bool,
}

impl Expected {
    pub(crate) fn one(model: &'static str) -> Self {
        Expected { model, several: false }
    }

    pub(crate) fn several(model: &'static str) -> Self {
        Expected { model, several: true }
    }
}

/// What is made of the rows in a sink.
pub(crate) type Take<B, T> = fn(BoxSink<B>, Expected) -> Result<T>;

// There is one of each of the following for each model, and of what they call with the row's type: hence no `len`, `clear`,
// `take` or `?` where something else that is there anyway does the same.

/// The rows in a sink made by [`collect`] with the same `D`.
///
/// # Errors
/// The driver gave back another sink than it was given.
pub(crate) fn into_rows<B: Backend, D: Decode>(sink: BoxSink<B>, _: Expected) -> Result<Vec<D::Out>> {
    let any: &mut dyn Any = &mut *sink.into_any();
    match any.downcast_mut::<Collect<D>>() {
        Some(collect) => Ok(mem::replace(&mut collect.out, Collect::<D>::EMPTY)),
        None => Err(another_sink()),
    }
}

/// The last of the rows in a sink made by [`collect`] with the same `D`.
///
/// # Errors
/// The driver gave back another sink than it was given, there is no row, or there are several and only one is expected.
pub(crate) fn into_row<B: Backend, D: Decode>(sink: BoxSink<B>, expected: Expected) -> Result<D::Out> {
    let any: &mut dyn Any = &mut *sink.into_any();
    let error = match any.downcast_mut::<Collect<D>>() {
        Some(Collect { out, .. }) => match out.pop() {
            Some(row) if expected.several => return Ok(row),
            Some(row) => match out.pop() {
                None => return Ok(row),
                Some(_) => Error::MultipleObjectsReturned { model: expected.model },
            },
            None => Error::DoesNotExist { model: expected.model },
        },
        None => another_sink(),
    };
    Err(error)
}

/// What a sink made by [`collect`] with the same `D` has collected, and `D`.
///
/// # Errors
/// The driver gave back another sink than it was given.
pub fn into_collected<B: Backend, D: Decode>(sink: BoxSink<B>) -> Result<(D, Vec<D::Out>)> {
    match sink.into_any().downcast::<Collect<D>>() {
        Ok(collect) => Ok((collect.decode, collect.out)),
        Err(_) => Err(another_sink()),
    }
}

/// Keeps one row, where there is never more than one: without the list that [`Collect`] has.
struct Keep<D: Decode> {
    decode: D,
    out: Option<D::Out>,
}

impl<B: Backend, D: Decode> RowSink<B> for Keep<D> {
    fn push(&mut self, row: &mut B::Row<'_>) -> Result<()> {
        self.out = Some(self.decode.decode(row)?);
        Ok(())
    }

    fn rewind(&mut self) -> bool {
        self.out = None;
        if let Some(rewind) = D::REWIND {
            rewind(&self.decode);
        }
        true
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// A sink that keeps what `decode` makes of the only row.
pub(crate) fn keep<B: Backend, D: Decode>(decode: D) -> BoxSink<B> {
    Box::new(Keep { decode, out: None })
}

/// What a sink made by [`keep`] with the same `D` has kept.
///
/// # Errors
/// The driver gave back another sink than it was given.
pub(crate) fn into_kept<B: Backend, D: Decode>(sink: BoxSink<B>) -> Result<Option<D::Out>> {
    match sink.into_any().downcast::<Keep<D>>() {
        Ok(keep) => Ok(keep.out),
        Err(_) => Err(another_sink()),
    }
}

#[cold]
fn another_sink() -> Error {
    Error::InvalidQuery("the driver gave back another sink than it was given".into())
}
