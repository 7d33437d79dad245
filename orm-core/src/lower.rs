//! Paths to joins: after this a statement speaks of tables and columns only.

mod dml;
mod expr;
mod joins;
mod select;

pub use dml::{assignments_in_order, lower_assignment, rows_of};
pub use select::lower_select;
