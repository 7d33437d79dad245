//! Versions that cannot be, and versions that are set.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(version, default = 3)]
    version: i64,
    #[field(version)]
    edition: Option<i64>,
}

#[derive(Model)]
struct Page {
    #[field(primary_key, version)]
    id: u64,
}

fn main() {}
