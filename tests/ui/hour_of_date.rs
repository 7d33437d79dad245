//! The hour of a date.

use orm::prelude::*;

#[derive(Model)]
struct Visit {
    #[field(primary_key)]
    id: i64,
    day: NaiveDate,
}

fn main() {
    let _ = Visit::objects().filter(|v| v.day.hour().eq(7));
}
