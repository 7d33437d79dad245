//! What cannot be joined to a row.

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

fn main() {
    // To many rows.
    let _ = User::objects().select_related(|u| u.posts);
    // A field.
    let _ = Post::objects().select_related(|p| p.title);
    // Within a tuple.
    let _ = Post::objects().select_related(|p| (p.author, p.tags));
    // A relation of another model.
    let user = User::fields();
    let _ = Tag::objects().select_related(|_| Post::fields().author);
    // To many rows of a joined row.
    let _ = Post::objects().select_related(|p| p.author.select_related(|a| a.posts));
    // After the rows became something else.
    let _ = Post::objects().values(|p| p.title).select_related(|p| p.author);
    let _ = Post::objects().annotate(|p| p.title).select_related(|p| p.author);
    let _ = user;
}
