//! Fields that cannot say when a row was deleted.

use orm::prelude::*;

#[derive(Model)]
#[model(soft_delete = deletd_at)]
struct Missing {
    #[field(primary_key)]
    id: i64,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(Model)]
#[model(soft_delete = deleted)]
struct Flag {
    #[field(primary_key)]
    id: i64,
    deleted: bool,
}

#[derive(Model)]
#[model(soft_delete = deleted)]
struct OptionalFlag {
    #[field(primary_key)]
    id: i64,
    deleted: Option<bool>,
}

#[derive(Model)]
#[model(soft_delete = day)]
struct Day {
    #[field(primary_key)]
    id: i64,
    #[field(auto_now)]
    day: Option<NaiveDate>,
}

fn main() {}
