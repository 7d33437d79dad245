//! An INSERT.

use super::OnConflict;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

/// An INSERT of rows of one model.
#[derive(Clone, Debug)]
pub struct Insert {
    /// The model.
    pub model: &'static ModelMeta,
    /// The fields that are given; the database fills the others.
    pub fields: Vec<&'static FieldMeta>,
    /// The values, row by row, in the fields' order.
    pub rows: Vec<Vec<Value>>,
    /// What is done with a row whose unique values are taken; otherwise that is an error.
    pub on_conflict: Option<Box<OnConflict>>,
    /// What is given back.
    pub returning: Returning,
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
