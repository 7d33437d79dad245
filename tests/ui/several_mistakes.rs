//! All mistakes of a model are told at once.

use orm::prelude::*;

#[derive(Model)]
#[model(table = "", orderin = [title], index(tilte))]
struct Post {
    #[field(primary_key, identiy)]
    id: i64,
    #[field(max_lengt = 200, unique, index)]
    title: String,
    #[field(column = "title")]
    name: String,
    #[field(on_delete = casade)]
    author: ForeignKey<Post>,
    #[field(auto_now, default = 3)]
    views: i64,
}

fn main() {
    let _ = Post::objects();
}
