//! The heart of `orm`: no driver, no I/O outside `exec/`.
//!
//! The layers, each importing only from those to its left:
//!
//! ```text
//! error, value ← schema ← ast ← lower ← compile ← backend ← model ← queryset ← exec
//! ```
//!
//! A query's life: `queryset` writes an untyped `ast::Select` that still speaks in paths, `lower` turns paths
//! into joins, `compile` gives text and parameters for a dialect, `backend` is the socket drivers plug into,
//! and `exec` runs it and builds models from rows.
#![warn(missing_docs, unreachable_pub)]

pub mod error;
pub mod value;

pub mod schema;

pub mod ast;

pub mod lower;

pub mod compile;

pub mod backend;

pub mod model;

pub mod queryset;

pub mod exec;

pub use error::{Error, Result};
#[doc(hidden)]
pub use serde;
