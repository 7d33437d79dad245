//! Where reading is in a projection's columns.

use super::super::load::Kept;
use super::super::shape::Names;
use super::{FieldPart, Projection, ReadInto, Selects};
use crate::error::{Error, FieldError, Result, ValueError};
use crate::model::Key;
use crate::value::{Row, SqlType};

/// Where reading is in a projection's columns.
pub struct Columns<'a> {
    at: usize,
    first: usize,
    names: ColumnNames<'a>,
    /// Where the keys of lists go; none where there are no further queries.
    kept: Option<&'a mut Kept>,
    /// The number of the next list.
    list: usize,
}

/// How an error names a column.
#[derive(Clone, Copy)]
enum ColumnNames<'a> {
    /// By the model's field that it is.
    Fields(&'a Names),
    /// By the projection and its field: rows of the user's own SQL.
    Own(&'static str, &'static [&'static str]),
}

impl ColumnNames<'_> {
    #[cold]
    fn misread(self, at: usize, error: ValueError) -> Error {
        match self {
            ColumnNames::Fields(names) => names.misread((at, error)),
            ColumnNames::Own(projection, fields) => match fields.get(at) {
                Some(field) => FieldError::new(projection, field, error).into(),
                None => error.into(),
            },
        }
    }
}

impl<'a> Columns<'a> {
    #[inline]
    pub(super) fn of(at: usize, names: &'a Names, kept: Option<&'a mut Kept>) -> Self {
        Columns { at, first: at, names: ColumnNames::Fields(names), kept, list: 0 }
    }

    /// Reads the next field; called by derived code.
    ///
    /// # Errors
    /// A column does not hold what is read.
    #[inline]
    pub fn read<M, T, P: FieldPart<M, T>, R: Row + ?Sized>(&mut self, _: P, row: &mut R) -> Result<T> {
        <P::From as Selects<M, T>>::read(row, self)
    }

    /// Reads the next column, which is a `C`, into a `T`.
    ///
    /// # Errors
    /// It does not hold a `T`.
    #[inline]
    pub fn next<C: ReadInto<T>, T, R: Row + ?Sized>(&mut self, row: &mut R) -> Result<T> {
        let at = self.at;
        self.at += 1;
        C::read(row, at).map_err(|error| self.names.misread(at - self.first, error))
    }

    /// Reads a related row that may be missing, before which stands whether it is there.
    pub(super) fn maybe<P: Projection, R: Row + ?Sized>(&mut self, row: &mut R) -> Result<Option<P>> {
        if self.next::<bool, bool, R>(row)? {
            return P::read(row, self).map(Some);
        }
        self.at += P::SIZE.columns;
        self.list += P::SIZE.lists;
        Ok(None)
    }

    /// Keeps the key of a list; there is none where one of its columns is NULL.
    pub(super) fn keep<K: Key, R: Row + ?Sized>(&mut self, row: &mut R) -> Result<()> {
        let (at, list) = (self.at, self.list);
        self.at += K::WIDTH;
        self.list += 1;
        let Some(kept) = &mut self.kept else { return Err(no_lists()) };
        for column in at..at + K::WIDTH {
            if row.is_null(column)? {
                return Ok(());
            }
        }
        let misread = |(column, error)| self.names.misread(at + column - self.first, error);
        kept.push(list, K::from_columns(row, at).map_err(misread)?);
        Ok(())
    }
}

#[cold]
fn no_lists() -> Error {
    Error::InvalidQuery("a projection with lists cannot be read from rows of `raw!`".into())
}

/// Reads a projection from columns that are called like its fields and stand in their order; called by derived code.
///
/// # Errors
/// A column does not hold what is read; the error names projection and field.
#[doc(hidden)]
pub fn read_named<P: Projection, R: Row + ?Sized>(
    row: &mut R,
    projection: &'static str,
    fields: &'static [&'static str],
) -> Result<P> {
    let names = ColumnNames::Own(projection, fields);
    P::read(row, &mut Columns { at: 0, first: 0, names, kept: None, list: 0 })
}

/// A field's type that a column of `raw!` can be read into.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be read from one column of `raw!`",
    label = "this type has a field `{Self}`, which is more than a column",
    note = "projections with related rows are made by `.project::<…>()`, which joins and asks for what they are made of; for `raw!` give each column a field"
)]
pub trait RawColumn {}

#[diagnostic::do_not_recommend]
impl<T: SqlType> RawColumn for T {}

/// Types of fields that are all read from columns of `raw!`: each with those behind it.
pub trait RawColumns {}

impl RawColumns for () {}
impl<T: RawColumn, L: RawColumns> RawColumns for (T, L) {}
