//! Mistakes in what a projection says about itself.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 200)]
    title: String,
}

#[derive(Projection)]
struct NoModel {
    id: i64,
}

#[derive(Projection)]
#[projection(Post)]
struct Generic<T> {
    id: T,
}

#[derive(Projection)]
#[projection(Post)]
struct Options {
    #[projection(paht = title)]
    title: String,
    #[projection(column = title)]
    other: String,
    #[projection(path = title, expr = |p| p.title)]
    both: String,
}

#[derive(Projection)]
#[projection(Post)]
struct Tuple(i64, String);

fn main() {}
