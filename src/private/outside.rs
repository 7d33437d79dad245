//! Names of the types that derived code mentions once for each field outside its block, at the root of the crate: each part of a
//! path costs the user's compiler a little.

pub use orm_core::model::draft::{Held as __Held, Missing as __Missing, Same as __Same};
pub use orm_core::queryset::{Field as __Field, Many as __Many, One as __One};
