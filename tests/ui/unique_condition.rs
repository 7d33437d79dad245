//! Conditions of unique constraints that are none, or of what has none.

use orm::prelude::*;

#[derive(Model)]
#[model(
    unique(fields(room), condition = |s| s.cancelled.eq(false)),
    unique(name = "a", fields(room), condition = true),
    unique(name = "b", fields(room), where = |s| s.cancelled.eq(false)),
    index(name = "c", fields(room), condition = |s| s.cancelled.eq(false)),
)]
struct Session {
    #[field(primary_key)]
    id: i64,
    room: i64,
    cancelled: bool,
}

#[derive(Model)]
#[model(unique(name = "d", fields(row), condition = |s| s.row + 1))]
struct Seat {
    #[field(primary_key)]
    id: i64,
    row: i64,
}

fn main() {}
