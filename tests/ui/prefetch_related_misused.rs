//! What cannot be read by a further query.

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
    // A field.
    let _ = Post::objects().prefetch_related(|p| p.title);
    let _ = Post::objects().prefetch_related(|p| (p.author, p.title));
    // A relation of another model.
    let _ = Tag::objects().prefetch_related(|_| User::fields().posts);
    // A relation of a related row.
    let _ = Post::objects().prefetch_related(|p| p.author.posts);
    // A condition on the other model.
    let _ = User::objects().prefetch_related(|u| u.posts.filter(|_| u.name.eq("ann")));
    // A relation to one row has nothing to filter for each.
    let _ = Post::objects().prefetch_related(|p| p.author.limit(1));
}
