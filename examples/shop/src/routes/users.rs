//! Users, and what they have written.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, Router, routing};
use orm::loaded;
use orm::prelude::*;

use crate::error::ApiError;
use crate::extract::{Body, Key};
use crate::models::{NewUser, PostWith, Tag, User, UserWith, post, user};
use crate::state::Shop;

pub(super) fn routes() -> Router<Shop> {
    Router::new().route("/users", routing::post(register)).route("/users/{id}", routing::get(detail))
}

/// A user with some posts, each with its tags: as it is nested here it is nested in JSON.
type Profile = UserWith<loaded![user::posts: Vec<PostWith<loaded![post::tags: Vec<Tag>]>>]>;

/// Rows that were loaded serialize as one nested object, so there is nothing to be copied into another struct. An unknown
/// user is `Error::DoesNotExist`, which `?` turns into a 404.
async fn detail(State(shop): State<Shop>, Key(id): Key) -> Result<Json<Profile>, ApiError> {
    let user = User::objects()
        .prefetch_related(|u| {
            u.posts.order_by(|p| (p.created_at.desc(), p.id.desc())).limit(5).prefetch_related(|p| p.tags)
        })
        .pk(id)
        .get(&shop.db)
        .await?;
    Ok(Json(user))
}

/// `NewUser` is read from JSON as it is, and checked by the rules that the model has. That the name is free is for the unique
/// constraint to say, which nobody can overtake: a 409.
async fn register(
    State(shop): State<Shop>,
    Body(new): Body<NewUser>,
) -> Result<(StatusCode, Json<User>), ApiError> {
    // Which key a row has and since when it is there is not for clients to say.
    let new = NewUser { id: None, created_at: None, ..new }.validated()?;
    Ok((StatusCode::CREATED, Json(User::objects().insert(&shop.db, new).await?)))
}
