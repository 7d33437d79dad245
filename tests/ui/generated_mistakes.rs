//! Generated columns that cannot be.

use orm::prelude::*;

#[derive(Model)]
struct Line {
    #[field(primary_key)]
    id: i64,
    price: i64,
    #[field(generated = |l| l.price + 1, default = 3)]
    total: i64,
    #[field(virtual)]
    other: i64,
    #[field(generated = 5)]
    five: i64,
}

fn main() {}
