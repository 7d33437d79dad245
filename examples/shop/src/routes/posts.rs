//! Posts with their authors and tags.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use orm::prelude::*;
use orm::{CursorPage, loaded};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::extract::{Body, Caller, Key, Paging, Params};
use crate::models::{Post, PostWith, Tag, User, post};
use crate::state::Shop;

pub(super) fn routes() -> Router<Shop> {
    Router::new()
        .route("/posts", get(search).post(write))
        .route("/posts/recent", get(recent))
        .route("/posts/{id}", get(detail))
}

/// A post with what belongs to it. `author()` and `tags()` are there because the type says that they were loaded.
type FullPost = PostWith<loaded![post::author: User, post::tags: Vec<Tag>]>;

/// The newest posts, in two statements: posts join their authors, and one more query reads the tags of all of them.
async fn recent(State(shop): State<Shop>) -> Result<Json<Vec<Recent>>, ApiError> {
    let posts = Post::objects()
        .select_related(|p| p.author)
        .prefetch_related(|p| p.tags)
        .order_by(|p| (p.created_at.desc(), p.id.desc()))
        .limit(20)
        .all(&shop.db)
        .await?;
    Ok(Json(posts.into_iter().map(Recent::from).collect()))
}

/// Of a loaded row, what the page shows.
#[derive(Serialize)]
struct Recent {
    id: i64,
    title: String,
    created_at: DateTime<Utc>,
    author: AuthorCard,
    tags: Vec<String>,
}

impl From<FullPost> for Recent {
    fn from(post: FullPost) -> Self {
        Recent {
            id: post.id,
            created_at: post.created_at,
            author: AuthorCard { id: post.author().id, username: post.author().username.clone() },
            tags: post.tags().iter().map(|tag| tag.name.clone()).collect(),
            title: post.title.clone(),
        }
    }
}

async fn detail(State(shop): State<Shop>, Key(id): Key) -> Result<Json<FullPost>, ApiError> {
    let posts = Post::objects().select_related(|p| p.author).prefetch_related(|p| p.tags);
    Ok(Json(posts.pk(id).get(&shop.db).await?))
}

#[derive(Deserialize)]
struct Search {
    /// In the title, in any case.
    q: Option<String>,
    author: Option<String>,
    tag: Option<String>,
}

/// The other way to an answer: a projection is the struct that is wanted, and its fields are all that is read.
#[derive(Projection, Serialize)]
#[projection(Post)]
struct PostCard {
    id: i64,
    title: String,
    created_at: DateTime<Utc>,
    author: AuthorCard,
    #[projection(expr = |p| p.tags.values(|t| t.name))]
    tags: Vec<String>,
}

#[derive(Projection, Serialize)]
#[projection(User)]
struct AuthorCard {
    id: i64,
    username: String,
}

/// What is not asked for is no condition: `None` adds nothing to the query. The page begins behind the row of the cursor, so
/// the hundredth costs no more than the first.
async fn search(
    State(shop): State<Shop>,
    Params(search): Params<Search>,
    Params(paging): Params<Paging>,
) -> Result<Json<CursorPage<PostCard>>, ApiError> {
    let page = Post::objects()
        .filter(|p| search.q.map(|q| p.title.icontains(q)))
        .filter(|p| search.author.map(|author| p.author.username.eq(author)))
        .filter(|p| search.tag.map(|tag| p.tags.any(|t| t.name.eq(tag))))
        .order_by(|p| p.created_at.desc())
        .project::<PostCard>()
        .cursor_page(&shop.db, paging.options())
        .await?;
    Ok(Json(page))
}

#[derive(Deserialize)]
struct Written {
    title: String,
    body: String,
    #[serde(default)]
    tags: Vec<String>,
}

/// The caller writes a post. It and its tags are there together, or neither is; a tag that is new is made.
async fn write(
    State(shop): State<Shop>,
    Caller(author): Caller,
    Body(written): Body<Written>,
) -> Result<(StatusCode, Json<FullPost>), ApiError> {
    if written.tags.len() > 10 {
        return Err(ApiError::invalid("tags", "too_many", "must be at most 10"));
    }
    let new = Post::draft().author(ForeignKey::new(author)).title(written.title).body(written.body).build();
    let new = new.validated()?;
    let mut tags = Vec::new();
    for name in written.tags {
        tags.push(Tag::draft().name(name).build().validated()?);
    }
    let post = shop
        .db
        .atomic(async |tx| {
            let post = Post::objects().insert(tx, new).await?;
            let tags =
                Tag::objects().bulk_create(tx, tags).on_conflict(|t| t.name).update(|t| t.name).await?;
            post.related(|p| p.tags).add(tx, &tags).await?;
            let posts = Post::objects().select_related(|p| p.author).prefetch_related(|p| p.tags);
            posts.pk(post.id).get(tx).await
        })
        .await?;
    Ok((StatusCode::CREATED, Json(post)))
}
