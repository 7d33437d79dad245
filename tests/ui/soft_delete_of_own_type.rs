//! A type that the derive does not know by its name is asked for what it is stored as.

use orm::prelude::*;

type Moment = i64;

#[derive(Model)]
#[model(soft_delete = deleted)]
struct Post {
    #[field(primary_key)]
    id: i64,
    deleted: Option<Moment>,
}

fn main() {}
