//! Fields that cannot hold the key of the model that they are to point at.

use orm::prelude::*;

#[derive(Model)]
#[model(primary_key(row, col))]
struct Spot {
    row: i32,
    col: i32,
    #[field(max_length = 10, unique)]
    name: String,
    note: String,
}

/// Too few, of other types, too many, not unique, and unknown.
#[derive(Model)]
#[model(
    foreign_key(few(row) = Spot),
    foreign_key(text(row, label) = Spot),
    foreign_key(many(row, col, id) = Spot),
    foreign_key(note(label) = Spot(note)),
    foreign_key(code(label) = Spot(code)),
    foreign_key(number(row) = Spot(name))
)]
struct Node {
    #[field(primary_key)]
    id: i64,
    row: i32,
    col: i32,
    #[field(max_length = 10)]
    label: String,
}

fn main() {}
