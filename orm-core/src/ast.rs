//! One statement as data: no SQL text, no type parameters.

mod delete;
mod entry;
mod expr;
mod insert;
mod order_by;
mod select;
mod update;

pub use delete::Delete;
pub use entry::{Check, ModelEntry};
pub use expr::{
    Arithmetic, ArithmeticOp, ColumnRef, CompareOp, Comparison, Expr, FieldRef, InList, TextMatch,
    TextMatchKind,
};
pub use expr::{Between, MAX_DEPTH, Node, Regex};
pub use insert::{Insert, Returning};
pub use order_by::{Nulls, OrderBy, OrderKey};
pub use select::{Join, JoinKind, Select, Selection, Source};
pub use update::{Assignment, Update};
