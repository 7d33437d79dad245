//! What goes wrong, as an answer of HTTP.

use std::fmt::Display;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use orm::error::{ValidationError, ValidationErrors, ValueError};
use orm::{DatabaseErrorKind, Error};
use serde_json::{Value, json};

/// Why a request is not done.
#[derive(Debug)]
pub enum ApiError {
    /// `orm` says so.
    Orm(Error),
    /// Fewer pieces are left than were ordered.
    OutOfStock { product: i64, left: i32 },
    /// The request does not say who asks.
    NoUser,
    /// The user has asked too often.
    TooMany { retry_after: u64 },
    /// What was sent cannot be read.
    Unreadable { status: StatusCode, why: String },
}

impl ApiError {
    /// A field of the request that is not what it must be; answered like what a model's `validate()` finds.
    pub fn invalid(field: &'static str, code: &'static str, message: &'static str) -> Self {
        let mut errors = ValidationErrors::new();
        errors.add(field, ValidationError::new(code, message));
        errors.into()
    }
}

/// With this, `?` works in handlers, and in closures of transactions that end with an error of the shop's own.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        ApiError::Orm(error)
    }
}

impl From<ValidationErrors> for ApiError {
    fn from(errors: ValidationErrors) -> Self {
        ApiError::Orm(errors.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            ApiError::Orm(error) => of_orm(&error),
            ApiError::OutOfStock { product, left } => {
                let body = json!({"error": "out_of_stock", "product": product, "left": left});
                answer(StatusCode::CONFLICT, body)
            }
            ApiError::NoUser => answer(StatusCode::UNAUTHORIZED, json!({"error": "no_user"})),
            ApiError::TooMany { retry_after } => {
                later(StatusCode::TOO_MANY_REQUESTS, json!({"error": "too_many_requests"}), retry_after)
            }
            ApiError::Unreadable { status, why } => {
                answer(status, json!({"error": "unreadable", "why": why}))
            }
        }
    }
}

/// The answer to an error of `orm`. Only what a client can do something about is told; the rest is for the log.
fn of_orm(error: &Error) -> Response {
    match error {
        Error::DoesNotExist { model } => {
            answer(StatusCode::NOT_FOUND, json!({"error": "not_found", "model": model}))
        }
        Error::Validation(errors) => {
            answer(StatusCode::UNPROCESSABLE_ENTITY, json!({"error": "invalid", "fields": errors}))
        }
        // A value in a condition that no row could have, such as a price with three digits behind the point.
        Error::Value(wrong) if is_the_clients(wrong.value_error()) => {
            let body = json!({"error": "invalid", "why": wrong.value_error().to_string()});
            answer(StatusCode::UNPROCESSABLE_ENTITY, body)
        }
        Error::InvalidCursor(why) => {
            answer(StatusCode::BAD_REQUEST, json!({"error": "invalid_cursor", "why": why}))
        }
        // A sort that is not on offer.
        Error::UnknownName(why) => {
            answer(StatusCode::BAD_REQUEST, json!({"error": "unknown_name", "why": why.to_string()}))
        }
        Error::Protected(_) => answer(StatusCode::CONFLICT, json!({"error": "still_needed"})),
        Error::StaleObject(_) => answer(StatusCode::CONFLICT, json!({"error": "changed_meanwhile"})),
        // The pool is exhausted or the server is not there: not for ever.
        Error::Pool(why) => unavailable(why),
        // It may have been done. Whoever gave the request a key can send it again.
        Error::CommitOutcomeUnknown(why) => unavailable(why),
        // What went wrong first is what matters.
        Error::TransactionBroken(cause) => of_orm(cause),
        Error::Database(_) => of_database(error),
        _ => internal(error),
    }
}

fn of_database(error: &Error) -> Response {
    let Some(kind) = error.kind() else { return internal(error) };
    match kind {
        DatabaseErrorKind::UniqueViolation => answer(StatusCode::CONFLICT, json!({"error": "taken"})),
        // It points at a row that is not there.
        DatabaseErrorKind::ForeignKeyViolation => {
            answer(StatusCode::CONFLICT, json!({"error": "no_such_row"}))
        }
        DatabaseErrorKind::StatementTimeout
        | DatabaseErrorKind::ConnectionLost
        | DatabaseErrorKind::OutOfResources => unavailable(error),
        kind if kind.is_retryable() => unavailable(error),
        _ => internal(error),
    }
}

/// Whether a value that does not fit came from outside. The others are about what the database holds.
fn is_the_clients(error: &ValueError) -> bool {
    matches!(
        error,
        ValueError::TooManyDigits { .. }
            | ValueError::TooLong { .. }
            | ValueError::OutOfRange { .. }
            | ValueError::NulInText
    )
}

fn unavailable(why: impl Display) -> Response {
    tracing::warn!("unavailable: {why}");
    later(StatusCode::SERVICE_UNAVAILABLE, json!({"error": "unavailable"}), 1)
}

fn internal(error: &Error) -> Response {
    // No value is in it, so that it may be logged as it is.
    tracing::error!("{error}");
    answer(StatusCode::INTERNAL_SERVER_ERROR, json!({"error": "internal"}))
}

fn answer(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}

fn later(status: StatusCode, body: Value, seconds: u64) -> Response {
    let mut response = answer(status, body);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
