//! A check that compares different types.

use orm::prelude::*;

#[derive(Model)]
#[model(check(name = "views_positive", |p| p.views.ge("none")))]
struct Post {
    #[field(primary_key)]
    id: i64,
    views: i64,
}

fn main() {
    let _ = Post::objects();
}
