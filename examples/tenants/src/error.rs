//! What a request can come to, other than its answer.

use std::error::Error;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use thiserror::Error;

use crate::StoreError;

/// Why there are no settings.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TenantError {
    /// Nobody knows this tenant, or this host.
    #[error("not found")]
    NotFound,
    /// These settings would not be valid.
    #[error("the settings are not valid")]
    Invalid(Vec<FieldError>),
    /// The document store is away.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with one field.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FieldError {
    /// Its path; empty for the settings as a whole.
    pub field: String,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl IntoResponse for TenantError {
    fn into_response(self) -> Response {
        let message = self.to_string();
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, Json(json!({ "detail": message }))),
            Self::Invalid(errors) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Json(json!({ "error": message, "errors": errors })),
            ),
            Self::Store(error) => {
                tracing::error!(error = &error as &dyn Error, "a request failed");
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    Json(json!({ "detail": message })),
                )
            }
        }
        .into_response()
    }
}
