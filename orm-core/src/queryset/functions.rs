//! Functions of values, by family.

mod case;
mod choice;

pub use case::{Case, CaseStart, CaseWhen, case};
pub use choice::ChoiceFunctions;
