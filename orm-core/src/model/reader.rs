//! Reading a model's columns, one after another; called by derived code.

use super::{Column, TypeOf, read_field};
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
    error: Option<Error>,
}

impl<'r, R: Row + ?Sized> Reader<'r, R> {
    /// The columns from `at` on.
    #[inline]
    pub fn new(row: &'r mut R, at: usize) -> Self {
        Reader { row, at, error: None }
    }

    #[inline]
    fn next<T: SqlType>(&mut self, field: &'static FieldMeta) -> Option<T> {
        let at = self.at;
        self.at += 1;
        match read_field(self.row, at, field) {
            Ok(value) => Some(value),
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }

    /// What went wrong where nothing was read.
    #[cold]
    pub fn into_error(self) -> Error {
        match self.error {
            Some(error) => error,
            None => ValueError::UnexpectedNull.into(),
        }
    }
}

/// Reads the next column; `None` when it does not hold what the field reads. The error names model and field.
#[inline]
pub fn read<C: Column, R: Row + ?Sized>(reader: &mut Reader<'_, R>) -> Option<TypeOf<C>> {
    reader.next(C::META)
}

/// Reads the next column unless the query left it out.
#[inline]
pub fn read_deferred<C: Column, R: Row + ?Sized>(
    reader: &mut Reader<'_, R>,
    left_out: &[&'static FieldMeta],
) -> Option<Deferred<TypeOf<C>>> {
    if left_out.iter().any(|field| std::ptr::eq(*field, C::META)) {
        return Some(Deferred::not_loaded());
    }
    read::<C, R>(reader).map(Deferred::from)
}
