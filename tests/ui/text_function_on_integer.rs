use orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i64,
    price: f64,
}

fn main() {
    let _ = Post::objects().filter(|p| p.views.lower().eq("x"));
    let _ = Post::objects().filter(|p| p.title.contains(p.views));
    let _ = Post::objects().filter(|p| p.title.contains(5));
    let _ = Post::objects().values(|p| p.title.concat(p.price));
    let _ = Post::objects().values(|p| p.title.left("2"));
}
