//! What a model is and what a table is: constants written by the derive, nothing computed.

mod field;
mod index;
mod model;
mod path_node;
mod relation;

pub use field::{DbDefault, FieldMeta, Generated};
pub use index::{IndexField, IndexMeta};
pub use model::{ModelMeta, OrderMeta};
pub use path_node::PathNode;
pub use relation::{Link, OnDelete, RelationMeta, SetValue};
