//! Functions of values, by family.

mod case;
mod choice;
mod concat;
mod hash;
mod text;

pub use case::{Case, CaseStart, CaseWhen, case};
pub use choice::ChoiceFunctions;
pub use concat::{AsText, ConcatFunctions, ConcatList, concat};
pub use hash::HashFunctions;
pub use text::TextFunctions;
