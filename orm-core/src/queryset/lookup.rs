//! Comparisons that a filter is made of, by kind of value.

mod compare;
mod json;
mod json_path;
mod null;
mod text;

pub use compare::{Comparable, CompareLookups, Equatable, IntoList};
pub use json::{JsonConstant, JsonLookups, JsonStep, JsonType};
pub(crate) use json_path::json_expression;
pub use json_path::{JsonPath, JsonScalar};
pub use null::NullLookups;
pub use text::{IntoText, TextLookups, TextType};
