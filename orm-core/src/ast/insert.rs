//! An INSERT.

use super::OnConflict;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{RowValues, Value};

/// An INSERT of rows of one model.
#[derive(Clone, Debug)]
pub struct Insert {
    /// The model.
    pub model: &'static ModelMeta,
    /// The fields that are given; the database fills the others.
    pub fields: Vec<&'static FieldMeta>,
    /// The values, in the fields' order.
    pub rows: NewRows,
    /// What is done with a row whose unique values are taken; otherwise that is an error.
    pub on_conflict: Option<Box<OnConflict>>,
    /// What is given back.
    pub returning: Returning,
}

/// New rows.
#[derive(Clone, Debug)]
pub enum NewRows {
    /// One row, as it mostly is.
    One(Vec<Value>),
    /// Any number of rows.
    Many(RowValues),
}

impl NewRows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            NewRows::One(_) => 1,
            NewRows::Many(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<RowValues> for NewRows {
    fn from(rows: RowValues) -> Self {
        if rows.len() == 1 { NewRows::One(rows.into_values().collect()) } else { NewRows::Many(rows) }
    }
}

impl From<Vec<Vec<Value>>> for NewRows {
    fn from(rows: Vec<Vec<Value>>) -> Self {
        RowValues::from(rows).into()
    }
}

/// What a writing statement gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returning {
    /// Nothing.
    Nothing,
    /// All fields of the model, in order.
    Model,
    /// The fields of the primary key, in order.
    Key,
}
