//! The checked model: every question answered, so that `expand` only writes.

pub(crate) mod check;
pub(crate) mod choices;
pub(crate) mod field;
pub(crate) mod kind;
pub(crate) mod model;
pub(crate) mod names;
pub(crate) mod relation;
pub(crate) mod relations;
pub(crate) mod tokens;
pub(crate) mod validate;
pub(crate) mod visibility;
