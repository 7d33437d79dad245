//! Paths to joins: after this a statement speaks of tables and columns only.

mod demote;
mod dml;
mod expr;
mod group;
mod scopes;
mod select;
mod wrap;

pub use dml::{Rows, assignments_in_order, lower_assignments, rows_of};
pub use select::{Rules, lower_select};
