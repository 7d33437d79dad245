//! A value that does not fit where it should go, in either direction.

use std::borrow::Cow;
use std::fmt;

/// Why a value cannot be stored, or a column's content cannot be read. Never holds the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// A NULL where the type has no room for one.
    UnexpectedNull,
    /// The column holds another type than the field reads.
    WrongType {
        /// What the field reads.
        expected: &'static str,
        /// What the column holds, in the database's words.
        found: Cow<'static, str>,
    },
    /// A number, date or duration beyond what the other side can hold.
    OutOfRange {
        /// The kind of value.
        kind: &'static str,
        /// What holds less, such as `PostgreSQL's bigint`.
        target: Cow<'static, str>,
    },
    /// The query left the field out, so there is no value to store.
    NotLoaded,
    /// NaN or an infinity where only finite numbers can be stored.
    NotFinite {
        /// The kind of value.
        kind: &'static str,
    },
    /// More digits than the column has room for, before or after the point.
    TooManyDigits {
        /// The column's total digits.
        max_digits: u32,
        /// Of these, the digits after the point.
        decimal_places: u32,
    },
    /// More characters than `max_length`.
    TooLong {
        /// Characters allowed.
        max_length: u32,
        /// Characters given.
        length: usize,
    },
    /// U+0000, which the database's text cannot hold.
    NulInText,
    /// Bytes that are not UTF-8 in a text column.
    InvalidUtf8,
    /// Content of the right type that the field's own rules refuse, such as an unknown choice.
    Invalid(Cow<'static, str>),
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueError::UnexpectedNull => f.write_str("NULL where a value is required"),
            ValueError::WrongType { expected, found } => {
                write!(f, "expected {expected}, the column holds {found}")
            }
            ValueError::NotLoaded => f.write_str("the value was not loaded, so it cannot be written"),
            ValueError::OutOfRange { kind, target } => write!(f, "{kind} out of range of {target}"),
            ValueError::NotFinite { kind } => {
                write!(f, "{kind} is NaN or infinite, which this column cannot hold")
            }
            ValueError::TooManyDigits { max_digits, decimal_places } => {
                write!(
                    f,
                    "decimal needs more digits than the column's {max_digits} with {decimal_places} decimal places"
                )
            }
            ValueError::TooLong { max_length, length } => {
                write!(f, "text of {length} characters is longer than max_length = {max_length}")
            }
            ValueError::NulInText => {
                f.write_str("text contains the NUL character, which this database cannot hold")
            }
            ValueError::InvalidUtf8 => f.write_str("the column's bytes are not valid UTF-8"),
            ValueError::Invalid(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for ValueError {}

/// A [`ValueError`] with the place where it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    model: Option<&'static str>,
    field: Option<&'static str>,
    source: ValueError,
}

impl FieldError {
    /// The error at a field of a model.
    pub fn new(model: &'static str, field: &'static str, source: ValueError) -> Self {
        FieldError { model: Some(model), field: Some(field), source }
    }

    /// The error of a value that belongs to no field, such as a literal in an expression.
    pub fn unplaced(source: ValueError) -> Self {
        FieldError { model: None, field: None, source }
    }

    /// The model, when known.
    pub fn model(&self) -> Option<&'static str> {
        self.model
    }

    /// The field, when known.
    pub fn field(&self) -> Option<&'static str> {
        self.field
    }

    /// What is wrong with the value.
    pub fn value_error(&self) -> &ValueError {
        &self.source
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.model, self.field) {
            (Some(model), Some(field)) => write!(f, "{model}.{field}: {}", self.source),
            (None, Some(field)) => write!(f, "{field}: {}", self.source),
            _ => self.source.fmt(f),
        }
    }
}

impl std::error::Error for FieldError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
