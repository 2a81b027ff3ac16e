//! Changing a cache: clear, expire, disable, enable.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use cached_attr_runtime::{CacheHandle, handles};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Inspector;
use crate::access;

/// The longest request: an id is a module path and a number.
pub(crate) const LONGEST_BODY: usize = 4096;

/// What is done.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Clear,
    Expire,
    Disable,
    Enable,
}

/// And to which cache.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    action: Action,
    cache: String,
}

/// Does what a request says, if it may.
pub(crate) async fn answer(
    State(inspector): State<Arc<Inspector>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refusal) = access::check(inspector.token.as_ref(), &uri, &headers) {
        return error(refusal.status(), &refusal.to_string());
    }
    let Ok(command) = serde_json::from_slice::<Command>(&body) else {
        let expected =
            r#"expected {"action": "clear" | "expire" | "disable" | "enable", "cache": ID}"#;
        return error(StatusCode::BAD_REQUEST, expected);
    };
    let mut all = handles().into_iter();
    let Some(cache) = all.find(|cache| cache.info().id == command.cache) else {
        return error(StatusCode::NOT_FOUND, "there is no cache with this id");
    };
    if cache.info().capacity.is_none() {
        let words = "the function has not been called yet, or uses the cache of another";
        return error(StatusCode::CONFLICT, words);
    }
    answered(StatusCode::OK, &act(command.action, &cache).await)
}

async fn act(action: Action, cache: &CacheHandle) -> Value {
    match action {
        Action::Clear => return json!({ "removed": cache.invalidate_all().await.removed }),
        Action::Expire => cache.expire_all().await,
        Action::Disable => cache.set_enabled(false),
        Action::Enable => cache.set_enabled(true),
    }
    json!({})
}

fn error(status: StatusCode, words: &str) -> Response {
    answered(status, &json!({ "error": words }))
}

fn answered(status: StatusCode, json: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, json.to_string()).into_response()
}
