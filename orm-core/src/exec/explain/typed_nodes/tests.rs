//! Recorded plans of PostgreSQL.

use super::super::recorded::{TYPED_NODES, all};
use super::*;

#[test]
fn show() {
    for (name, text) in all(TYPED_NODES) {
        println!("== {name}\n{}\n", parse(text).unwrap());
    }
}
