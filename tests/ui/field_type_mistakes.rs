//! Newtypes that are none.

use orm::prelude::*;

#[derive(FieldType, Clone, Debug)]
enum Status {
    Draft,
}

#[derive(FieldType, Clone, Debug)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(FieldType, Clone, Debug)]
struct Id<T>(T);

#[derive(FieldType, Clone, Debug)]
struct Size(usize);

fn main() {}
