//! A field's type is stored by no database.

use orm::prelude::*;

#[derive(Clone, Debug)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    place: Point,
    former_place: Option<Point>,
    size: usize,
}

fn main() {
    let _ = Post::objects();
}
