//! Posts with their authors and tags.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use orm::loaded;
use orm::prelude::*;
use serde::Serialize;

use crate::error::ApiError;
use crate::models::{Post, PostWith, Tag, User, post};
use crate::state::Shop;

pub(super) fn routes() -> Router<Shop> {
    Router::new().route("/posts/recent", get(recent))
}

/// A post with what belongs to it. `author()` and `tags()` are there because the type says that they were loaded.
type FullPost = PostWith<loaded![post::author: User, post::tags: Vec<Tag>]>;

/// The newest posts, in two statements: posts join their authors, and one more query reads the tags of all of them.
async fn recent(State(shop): State<Shop>) -> Result<Json<Vec<PostCard>>, ApiError> {
    let posts = Post::objects()
        .select_related(|p| p.author)
        .prefetch_related(|p| p.tags)
        .order_by(|p| (p.created_at.desc(), p.id.desc()))
        .limit(20)
        .all(&shop.db)
        .await?;
    Ok(Json(posts.into_iter().map(PostCard::from).collect()))
}

/// What a list shows of a post.
#[derive(Serialize)]
struct PostCard {
    id: i64,
    title: String,
    created_at: DateTime<Utc>,
    author: Author,
    tags: Vec<String>,
}

#[derive(Serialize)]
struct Author {
    id: i64,
    username: String,
}

impl From<FullPost> for PostCard {
    fn from(post: FullPost) -> Self {
        PostCard {
            author: Author { id: post.author().id, username: post.author().username.clone() },
            tags: post.tags().iter().map(|tag| tag.name.clone()).collect(),
            id: post.id,
            title: post.title.clone(),
            created_at: post.created_at,
        }
    }
}
