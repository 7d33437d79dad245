//! Reading a model's columns, one after another; called by derived code.

use super::{Column, TypeOf, misread};
use crate::error::{Error, ValueError};
use crate::schema::FieldMeta;
use crate::value::{Deferred, Row, SqlType};

/// The columns of a row from some column on, and why one of them could not be read.
///
/// What is read is an `Option` and not a `Result`: a model has many fields, and an error in each answer would have to be
/// moved and dropped in code of its own.
#[derive(Debug)]
pub struct Reader<'r, R: ?Sized> {
    row: &'r mut R,
    at: usize,
    /// How many fields were left out in between.
    left_out: usize,
    first: usize,
    error: Option<ValueError>,
}

impl<'r, R: Row + ?Sized> Reader<'r, R> {
    /// The columns from `at` on.
    #[inline]
    pub fn new(row: &'r mut R, at: usize) -> Self {
        Reader { row, at, left_out: 0, first: at, error: None }
    }

    /// What went wrong where nothing was read, with the names of model and field.
    #[cold]
    pub fn into_error(self, fields: &'static [FieldMeta]) -> Error {
        let error = self.error.unwrap_or(ValueError::UnexpectedNull);
        // The column that was read last.
        match (self.at + self.left_out).checked_sub(self.first + 1).and_then(|at| fields.get(at)) {
            Some(field) => misread(field, error),
            None => error.into(),
        }
    }
}

/// Reads the next column; `None` when it does not hold what the field reads. Generic over the type and not the field, so that
/// there is one for all fields of a type.
#[inline]
pub fn next<T: SqlType, R: Row + ?Sized>(reader: &mut Reader<'_, R>) -> Option<T> {
    let at = reader.at;
    reader.at += 1;
    match T::from_row(reader.row, at) {
        Ok(value) => Some(value),
        Err(error) => {
            reader.error = Some(error);
            None
        }
    }
}

/// As [`next`], for a field whose type may be none that a database knows: the column is named, not the type, so that a wrong type
/// is not reported here again.
#[inline]
pub fn read<C: Column, R: Row + ?Sized>(reader: &mut Reader<'_, R>) -> Option<TypeOf<C>> {
    next(reader)
}

/// Reads the next column unless the query left it out.
#[inline]
pub fn read_deferred<C: Column, R: Row + ?Sized>(
    reader: &mut Reader<'_, R>,
    left_out: &[&'static FieldMeta],
) -> Option<Deferred<TypeOf<C>>> {
    if left_out.iter().any(|field| std::ptr::eq(*field, C::META)) {
        reader.left_out += 1;
        return Some(Deferred::not_loaded());
    }
    read::<C, R>(reader).map(Deferred::from)
}
