//! Functions of values, by family.

mod case;
mod choice;
mod json;
mod json_made;

pub use case::{Case, CaseStart, CaseWhen, case};
pub use choice::ChoiceFunctions;
pub use json::JsonFunctions;
pub(super) use json::typed_json;
pub use json_made::{JsonArray, JsonObject, json_array, json_object};
