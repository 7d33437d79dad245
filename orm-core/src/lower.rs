//! Paths to joins: after this a statement speaks of tables and columns only.

mod demote;
mod dml;
mod expr;
mod group;
mod scopes;
mod select;
mod wrap;

pub use dml::{Returned, Rows, assignments_in_order, lower_assignments, returned_of, rows_of};
pub use select::{Rules, lower_select};
