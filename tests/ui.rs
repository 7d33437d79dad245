//! What must not compile, with the compiler's words, and what must.
//!
//! The words are under `ui/*.stderr`; `cargo xtask bless` accepts those of today. Read them as a user would.

#[test]
fn compile_fail() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

/// In a crate that is built once: what must compile, with the lints on that a careful user has, is compiled when this is.
#[test]
fn compile_pass() {
    orm_test_library::every_option::check();
    orm_test_library::shapes::check();
}
