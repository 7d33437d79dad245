//! A name of the own, under which nothing was loaded.

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

orm::relation_name!(Popular = "popular");

async fn named(db: &impl orm::backend::Executor) {
    let users = User::objects().prefetch_related(|u| u.posts).all(db).await.unwrap();
    println!("{}", users[0].loaded(Popular).len());
}

fn main() {}
