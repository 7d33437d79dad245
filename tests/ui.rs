//! What must not compile, with the compiler's words, and what must.
//!
//! The words are under `ui/*.stderr`; `cargo xtask bless` accepts those of today. Read them as a user would.

#[test]
fn compile_fail() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[test]
fn compile_pass() {
    trybuild::TestCases::new().pass("tests/ui_pass/*.rs");
}
