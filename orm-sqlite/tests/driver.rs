//! The driver against real databases, in memory and in files.

mod driver {
    pub(crate) mod support;

    mod cancellation;
    mod concurrency;
    mod cursors;
    mod errors;
    mod inside;
    mod lifetimes;
    mod limits;
    mod reading;
    mod runs;
    mod settings;
    mod transactions;
    mod values;
    mod writing;
}
