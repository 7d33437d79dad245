//! A field's type has none of the traits that are needed.

use orm::prelude::*;

struct Point;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    place: Point,
}

fn main() {
    let _ = Post::objects();
}
