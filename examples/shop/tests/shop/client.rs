//! Sends requests to the router, without a socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use shop::routes::router;
use shop::state::Shop;
use tower::ServiceExt;

/// A client; clones are more of them.
#[derive(Clone)]
pub struct Client {
    app: Router,
    user: Option<i64>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Client {
    pub fn of(db: &orm::AnyDatabase) -> Self {
        Client::of_shop(Shop::new(db.clone()))
    }

    pub fn of_shop(shop: Shop) -> Self {
        Client { app: router(shop), user: None }
    }

    /// The same, as a user.
    pub fn as_user(&self, user: i64) -> Self {
        Client { user: Some(user), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Body::from(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    async fn send(&self, method: Method, path: &str, body: Body) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(user) = self.user {
            request = request.header("x-user", user);
        }
        let request = request.body(body).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Answer {
    /// The body, if all went well.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.body);
        self.body
    }

    /// The status, and the word for the error.
    #[track_caller]
    pub fn refused(&self) -> (u16, &str) {
        assert!(self.status.is_client_error() || self.status.is_server_error(), "{}", self.body);
        (self.status.as_u16(), self.body["error"].as_str().expect("a word for the error"))
    }

    /// The codes of what is wrong with a field.
    pub fn codes(&self, field: &str) -> Vec<&str> {
        let errors = self.body["fields"][field].as_array().into_iter().flatten();
        errors.filter_map(|error| error["code"].as_str()).collect()
    }
}
