//! Checks that are none.

use orm::prelude::*;

#[derive(Model)]
#[model(check(|p| p.views.ge(0)), check(name = "two", |a, b| a.views.ge(0)), check)]
struct Post {
    #[field(primary_key)]
    id: i64,
    views: i64,
}

fn main() {
    let _ = Post::objects();
}
