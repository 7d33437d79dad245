//! The driver against real databases, in memory and in files.

mod driver {
    pub(crate) mod support;

    mod reading;
}
