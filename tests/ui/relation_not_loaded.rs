//! Accessors of relations that the query did not load: the words name the call to add.

use orm::prelude::*;

#[derive(Model, Clone, Debug)]
#[model(has_many(posts = Post::author))]
struct User {
    #[field(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Clone, Debug)]
#[model(many_to_many(tags: Tag))]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<User>,
    editor: Option<ForeignKey<User>>,
    title: String,
}

#[derive(Model, Clone, Debug)]
struct Tag {
    #[field(primary_key)]
    id: i64,
    post: ForeignKey<Post>,
}

async fn on_plain_rows(db: &impl orm::backend::Executor) {
    let posts = Post::objects().all(db).await.unwrap();
    println!("{}", posts[0].author().name);
    println!("{}", posts[0].tags().len());
}

async fn on_loaded_rows(db: &impl orm::backend::Executor) {
    let posts = Post::objects().select_related(|p| p.author).all(db).await.unwrap();
    println!("{}", posts[0].editor().is_some());
    println!("{}", posts[0].tags().len());
    println!("{}", posts[0].author().posts().len());
}

fn main() {}
