//! What a request can come to, other than its answer.

use std::error::Error;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use thiserror::Error;

use crate::DbError;

/// Why a request was not answered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ApiError {
    /// No token, a token that is not ours, or one without the role.
    #[error("forbidden")]
    Forbidden,
    /// There is no such instrument or job.
    #[error("not found")]
    NotFound,
    /// The database is away.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Db(error) => {
                tracing::error!(error = error as &dyn Error, "a request failed");
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        (status, Json(json!({ "detail": self.to_string() }))).into_response()
    }
}
