//! Casts between types of which one has no meaning as the other.

use orm::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 200)]
    title: String,
    published: bool,
    score: f64,
}

fn main() {
    let _ = Post::objects().values(|p| p.published.cast::<Uuid>());
    let _ = Post::objects().filter(|p| p.score.cast::<String>().contains("1"));
    let _ = Post::objects().values(|p| p.title.cast::<Vec<String>>());
}
