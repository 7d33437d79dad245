//! Comparisons that a filter is made of, by kind of value.

mod compare;
mod null;
mod text;

pub use compare::{Comparable, CompareLookups, IntoList};
pub use null::NullLookups;
pub use text::{IntoText, TextLookups, TextType};
