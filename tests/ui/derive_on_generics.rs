//! A model has no type parameters.

use orm::prelude::*;

#[derive(Model)]
struct Post<T> {
    #[field(primary_key)]
    id: i64,
    body: T,
}

#[derive(Model)]
struct Comment<'a> {
    #[field(primary_key)]
    id: i64,
    body: &'a str,
}

fn main() {}
