//! Statements to text: an AST walked with a dialect gives SQL and its parameters.

mod aggregate;
mod arithmetic;
mod capability;
mod case;
mod ddl;
mod dialect;
mod dialects;
mod dml;
mod explain;
mod expr;
mod fit;
mod function;
mod json;
mod list;
mod name;
mod raw;
mod select;
mod sql;
mod window;
mod writer;
mod year_range;

pub use capability::Capability;
pub use ddl::{create_tables, drop_tables};
pub use dialect::Dialect;
pub use dml::{compile_delete, compile_insert, compile_update};
pub use explain::ExplainOptions;
pub(crate) use explain::PlanFormat;
pub(crate) use list::rows_at_once;
pub use raw::compile_raw;
pub use select::compile_select;
pub use sql::{Access, CompiledSql, Operation};
