//! Recorded plans of MySQL 9 with measurements.

use super::super::recorded::{OPERATIONS, all};
use super::*;

#[test]
fn show() {
    for (name, text) in all(OPERATIONS).filter(|(name, _)| name.starts_with("analyze")) {
        println!("== {name}\n{}\n", parse(text).unwrap());
    }
}
