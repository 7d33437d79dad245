//! Functions of values, by family.

mod case;
mod cast;
mod choice;
mod math;

pub use case::{Case, CaseStart, CaseWhen, case};
pub use cast::{CastTo, CastToDecimal, Casts};
pub use choice::ChoiceFunctions;
pub use math::{MathFunctions, Measurable, pi, random};
