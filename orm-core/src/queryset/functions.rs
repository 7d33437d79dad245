//! Functions of values, by family.

mod case;
mod cast;
mod choice;
mod concat;
mod datetime;
mod hash;
mod json;
mod json_made;
mod math;
mod own;
mod text;

pub use case::{Case, CaseFirst, CaseStart, CaseWhen, case};
pub use cast::{CastTo, CastToDecimal, Casts};
pub use choice::ChoiceFunctions;
pub use concat::{AsText, ConcatFunctions, ConcatList, concat};
pub(crate) use datetime::trunc_date;
pub use datetime::{
    DateFunctions, DateKind, DateTimeKind, HasDate, HasDateAndTime, HasDistance, HasTime, IsInstant,
    ZoneFunctions, now,
};
pub use hash::HashFunctions;
pub use json::JsonFunctions;
pub(super) use json::typed_json;
pub use json_made::{JsonArray, JsonObject, json_array, json_object};
pub use math::{MathFunctions, Measurable, pi, random};
pub use own::{EitherNull, SqlArguments, SqlFunction};
pub use text::TextFunctions;
