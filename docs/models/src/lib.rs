//! The models and rows that examples in the documentation run on: their hidden lines import one of these modules.
//!
//! A crate, so that they are compiled once and not with each of hundreds of examples.

pub mod blog;
pub mod guide;
mod run;
pub mod shelf;
