//! Attributes to options: what was written, not yet whether it makes sense.

pub(crate) mod attribute;
pub(crate) mod choices;
pub(crate) mod factory;
pub(crate) mod field;
pub(crate) mod model;
pub(crate) mod newtype;
pub(crate) mod projection;
pub(crate) mod relations;
pub(crate) mod test;
pub(crate) mod types;
pub(crate) mod validate;
