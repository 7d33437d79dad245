//! What users write, and what it is about.

use orm::prelude::*;
use serde::Serialize;

use super::User;

/// The index is the default order, so that the newest posts are read from it and never sorted.
#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "posts", ordering = [-created_at, -id], index(created_at, id), many_to_many(tags: Tag))]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>,
    #[field(max_length = 200, validate(not_blank))]
    pub title: String,
    #[field(validate(not_blank, length(max = 20_000)))]
    pub body: String,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
}

/// A word that posts are found by.
#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "tags", ordering = [name], has_many(posts = Post::tags))]
pub struct Tag {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50, unique, validate(slug))]
    pub name: String,
}
