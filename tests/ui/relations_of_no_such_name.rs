//! Relations that are declared by names which the other model does not have.

use orm::prelude::*;

#[derive(Model)]
#[model(
    has_many(posts = Post::writer, titles = Post::title),
    has_one(profile = Profile::user),
    many_to_many(tags: Tag, through = Tagging(user, label))
)]
struct User {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<User>,
    title: String,
}

#[derive(Model)]
struct Profile {
    #[field(primary_key)]
    id: i64,
    owner: OneToOne<User>,
}

#[derive(Model)]
struct Tag {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Tagging {
    #[field(primary_key)]
    id: i64,
    user: ForeignKey<User>,
    tag: ForeignKey<Tag>,
}

fn main() {}
