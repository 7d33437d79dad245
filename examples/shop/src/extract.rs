//! What handlers take from a request, with errors in the service's own form.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// The body, as JSON.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let Json(body) = Json::from_request(request, state).await?;
        Ok(Body(body))
    }
}

/// The parameters behind the `?`.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(params) = Query::from_request_parts(parts, state).await?;
        Ok(Params(params))
    }
}

/// The key of a row, from the path.
pub struct Key(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(key) = Path::from_request_parts(parts, state).await?;
        Ok(Key(key))
    }
}

/// The key of the user who asks: what the gateway in front of the service says in `x-user`. It has looked at a password or a
/// token, which is a subject of its own and not this example's.
#[derive(Clone, Copy)]
pub struct Caller(pub i64);

impl Caller {
    /// The user of a request, if it names one.
    pub fn of(parts: &axum::http::HeaderMap) -> Option<Self> {
        parts.get("x-user")?.to_str().ok()?.parse().ok().map(Caller)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Caller::of(&parts.headers).ok_or(ApiError::NoUser)
    }
}

/// Where a list goes on, and how much of it is wanted: `?after=…&limit=…`.
#[derive(serde::Deserialize)]
pub struct Paging {
    pub after: Option<String>,
    limit: Option<u64>,
}

impl Paging {
    /// From 1 to 100 rows, because somebody will ask for a million.
    pub fn options(&self) -> orm::CursorOptions<'_> {
        orm::CursorOptions::new(self.limit.unwrap_or(20).clamp(1, 100)).after(self.after.as_deref())
    }
}

macro_rules! unreadable {
    ($($rejection:ty),*) => {
        $(impl From<$rejection> for ApiError {
            fn from(rejection: $rejection) -> Self {
                ApiError::Unreadable { status: rejection.status(), why: rejection.body_text() }
            }
        })*
    };
}

unreadable!(JsonRejection, PathRejection, QueryRejection);
