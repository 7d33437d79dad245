//! A model between whose relations lead to others.

use orm::prelude::*;

#[derive(Model)]
#[model(many_to_many(tags: Tag, through = Tagging(tag, post)))]
struct Post {
    #[field(primary_key)]
    id: i64,
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
    post: ForeignKey<Post>,
    tag: ForeignKey<Tag>,
}

fn main() {}
