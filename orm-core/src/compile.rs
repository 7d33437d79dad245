//! Statements to text: an AST walked with a dialect gives SQL and its parameters.

mod sql;

pub mod dialect;

pub use dialect::Dialect;
pub use sql::{Access, CompiledSql, Operation};
