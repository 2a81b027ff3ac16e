//! The one path: the page, its stream, or JSON.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use crate::Inspector;
use crate::snapshot::Snapshot;
use crate::stream;

const STYLE: &str = include_str!("page/inspector.css");
const SCRIPT: &str = include_str!("page/inspector.js");
const TEMPLATE: &str = include_str!("page/inspector.html");

/// The page in one piece, and the policy under which nothing but its own style and script runs.
struct Page {
    html: String,
    policy: String,
}

static PAGE: LazyLock<Page> = LazyLock::new(|| Page {
    html: TEMPLATE
        .replace("{style}", STYLE)
        .replace("{script}", SCRIPT),
    policy: format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        hash(STYLE),
        hash(SCRIPT)
    ),
});

fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// What `Accept` says that it is.
pub(crate) async fn answer(
    State(inspector): State<Arc<Inspector>>,
    headers: HeaderMap,
) -> Response {
    let mut answer = if accepts(&headers, "text/event-stream") {
        stream::snapshots(inspector).into_response()
    } else if accepts(&headers, "text/html") {
        html()
    } else {
        let json = Snapshot::take(&inspector).await.to_json();
        ([(header::CONTENT_TYPE, "application/json")], json).into_response()
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn html() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, PAGE.policy.as_str()),
    ];
    (headers, PAGE.html.as_str()).into_response()
}

fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter();
    accepted.any(|accepted| accepted.to_str().is_ok_and(|it| it.contains(kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_small_and_complete() {
        assert!(PAGE.html.len() < 60 * 1024, "{} bytes", PAGE.html.len());
        for placeholder in ["{style}", "{script}"] {
            assert!(!PAGE.html.contains(placeholder), "{placeholder}");
        }
    }

    #[test]
    fn the_page_writes_no_markup_of_its_own_making() {
        for sink in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ] {
            assert!(!SCRIPT.contains(sink), "{sink}");
        }
        assert!(!PAGE.html.contains("src=") && !PAGE.html.contains("@import"));
    }
}
