//! Recorded plans of SQLite.

use super::super::recorded::{SENTENCES, all};
use super::*;

fn rows(answer: &str) -> Vec<Sentence> {
    answer
        .lines()
        .map(|line| {
            let mut columns = line.splitn(4, '|');
            let mut number = || columns.next().unwrap().parse().unwrap();
            let (id, parent, _unused) = (number(), number(), number());
            Sentence { id, parent, detail: columns.next().unwrap().to_owned() }
        })
        .collect()
}

#[test]
fn show() {
    for (name, text) in all(SENTENCES) {
        println!("== {name}\n{}\n", parse(rows(text)).unwrap());
    }
}
