//! Recorded plans of MariaDB, and of MySQL in its first format.

use super::super::recorded::{BLOCKS, OLD_BLOCKS, all};
use super::*;

#[test]
fn show() {
    for (name, text) in all(BLOCKS).chain(all(OLD_BLOCKS)) {
        println!("== {name}\n{}\n", parse(text).unwrap());
    }
}
