//! orm.
