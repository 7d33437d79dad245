//! Derive macros of orm.
