//! What rows of the user's own SQL become: models by the columns' names, values and tuples by position.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::OnceLock;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::project::RawColumns;
use crate::backend::Decode;
use crate::error::{Error, Result, ValueError};
use crate::model::Model;
use crate::value::{FromColumns, Row};

/// What a row of `raw!` can become.
///
/// A model reads the columns that are called like its own, in whatever order they come; further columns are ignored.
/// A value or a tuple reads all columns by their position.
#[diagnostic::on_unimplemented(
    message = "rows of `raw!` cannot become a `{Self}`",
    label = "expected a model, a value, or a tuple of up to 16 values"
)]
pub trait FromRaw {
    /// What reads a row: a [`RawDecode`]. It is asked for where rows are read and not here, so that a mistake in a model
    /// is said once and not for each trait.
    type Decode;
}

/// Reads the rows of one statement of `raw!`.
pub trait RawDecode: Decode {
    /// For one statement.
    fn new() -> Self;

    /// What the rows become, in messages.
    fn name() -> &'static str;
}

#[diagnostic::do_not_recommend]
impl<T: FromColumns> FromRaw for T {
    type Decode = ByPosition<T>;
}

impl<T: FromColumns> RawDecode for ByPosition<T> {
    fn new() -> Self {
        ByPosition(PhantomData)
    }

    fn name() -> &'static str {
        "row"
    }
}

impl<T: NamedRow<Fields: RawColumns>> RawDecode for ByColumnName<T> {
    fn new() -> Self {
        ByColumnName { positions: OnceLock::new(), marker: PhantomData }
    }

    fn name() -> &'static str {
        T::name()
    }
}

/// Reads a value or a tuple from all columns of a row.
pub struct ByPosition<T>(PhantomData<fn() -> T>);

impl<T: FromColumns> Decode for ByPosition<T> {
    type Out = T;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<T> {
        if row.len() != T::WIDTH {
            return Err(other_width(row.len(), T::WIDTH));
        }
        T::from_columns(row, 0).map_err(|(_, error)| error.into())
    }
}

#[cold]
fn other_width(given: usize, read: usize) -> Error {
    Error::InvalidQuery(
        format!("the statement gives {given} columns where {read} are read by position").into(),
    )
}

/// What is built from columns with names: a model.
pub trait NamedRow: Sized + Send + 'static {
    /// The fields' types, each with those behind it, where it is not known already that they are read from columns.
    type Fields;

    /// Its name in messages.
    fn name() -> &'static str;

    /// The columns, in the order in which `read` reads them.
    fn columns() -> impl Iterator<Item = &'static str>;

    /// Reads the columns from position 0 on.
    ///
    /// # Errors
    /// A column does not hold what is read.
    fn read<R: Row + ?Sized>(row: &mut R) -> Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<M: Model> NamedRow for M {
    type Fields = ();

    fn name() -> &'static str {
        M::META.name
    }

    fn columns() -> impl Iterator<Item = &'static str> {
        M::META.fields.iter().map(|field| field.column)
    }

    fn read<R: Row + ?Sized>(row: &mut R) -> Result<Self> {
        M::from_row(row, 0)
    }
}

/// Reads columns by their names, which it looks up at the first row of a statement.
pub struct ByColumnName<T: ?Sized> {
    positions: OnceLock<Box<[usize]>>,
    marker: PhantomData<fn() -> T>,
}

impl<T: NamedRow> Decode for ByColumnName<T> {
    type Out = T;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<T> {
        let positions = if let Some(positions) = self.positions.get() {
            positions
        } else {
            let found = positions::<T, R>(row)?;
            self.positions.get_or_init(|| found)
        };
        T::read(&mut Renamed { row, positions })
    }
}

/// Where the columns of `T` are in the row.
fn positions<T: NamedRow, R: Row + ?Sized>(row: &R) -> Result<Box<[usize]>> {
    let names: Vec<Cow<'_, str>> = (0..row.len()).map(|at| row.name(at).unwrap_or_default()).collect();
    T::columns().map(|column| position(&names, T::name(), column)).collect()
}

/// Databases do not agree on whether case counts in a column's name, so that another case is taken where nothing is
/// called exactly so.
fn position(names: &[Cow<'_, str>], model: &'static str, column: &'static str) -> Result<usize> {
    let exact = |name: &str| name == column;
    let other_case = |name: &str| name.eq_ignore_ascii_case(column);
    for is in [&exact as &dyn Fn(&str) -> bool, &other_case] {
        let mut found = names.iter().enumerate().filter(|(_, name)| is(name)).map(|(at, _)| at);
        match (found.next(), found.next()) {
            (Some(at), None) => return Ok(at),
            (Some(_), Some(_)) => {
                return Err(Error::InvalidQuery(
                    format!(
                        "the statement gives several columns `{column}`, one of which {model} is to read"
                    )
                    .into(),
                ));
            }
            (None, _) => {}
        }
    }
    Err(Error::MissingColumn { model, column })
}

/// A row whose columns stand in another order.
struct Renamed<'a, R: ?Sized> {
    row: &'a mut R,
    positions: &'a [usize],
}

impl<R: Row + ?Sized> Renamed<'_, R> {
    fn at(&self, at: usize) -> Result<usize, ValueError> {
        self.positions.get(at).copied().ok_or_else(|| no_column(at))
    }
}

#[cold]
fn no_column(at: usize) -> ValueError {
    ValueError::Invalid(format!("column {at} does not exist").into())
}

macro_rules! forward {
    ($($name:ident -> $type:ty;)*) => {$(
        #[inline]
        fn $name(&mut self, at: usize) -> Result<Option<$type>, ValueError> {
            let at = self.at(at)?;
            self.row.$name(at)
        }
    )*};
}

impl<R: Row + ?Sized> Row for Renamed<'_, R> {
    fn len(&self) -> usize {
        self.positions.len()
    }

    fn name(&self, at: usize) -> Option<Cow<'_, str>> {
        self.row.name(*self.positions.get(at)?)
    }

    fn is_null(&self, at: usize) -> Result<bool, ValueError> {
        self.row.is_null(self.at(at)?)
    }

    forward! {
        bool -> bool;
        i64 -> i64;
        u64 -> u64;
        f32 -> f32;
        f64 -> f64;
        str -> &str;
        string -> String;
        bytes -> Vec<u8>;
        shared_bytes -> Bytes;
        decimal -> Decimal;
        uuid -> Uuid;
        json -> &str;
        date -> NaiveDate;
        time -> NaiveTime;
        datetime -> NaiveDateTime;
        timestamp -> DateTime<Utc>;
        duration -> i64;
    }
}
