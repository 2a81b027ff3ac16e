//! axum handlers, under `#[debug_handler]` on either side.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Request, StatusCode};
use axum::response::Json;
use axum::routing::get;
use axum::{Router, debug_handler};
use cached_attr::cached;
use cached_attr_tests::Source;
use serde::{Deserialize, Serialize};
use tower::ServiceExt as _;

#[derive(Clone, Default)]
struct App {
    source: Arc<Source>,
}

#[derive(Clone, Serialize)]
struct Article {
    slug: String,
    version: u32,
}

#[debug_handler]
#[cached(ttl = "1m", key = slug, skip(app))]
async fn article(
    State(app): State<App>,
    Path(slug): Path<String>,
) -> Result<Json<Article>, StatusCode> {
    if slug.is_empty() || slug == "none" {
        app.source.ask();
        return Err(StatusCode::NOT_FOUND);
    }
    let version = app.source.ask();
    Ok(Json(Article { slug, version }))
}

#[derive(Deserialize)]
struct Page {
    number: u32,
    tag: Option<String>,
}

#[cached(ttl = "1m", key = "{page.number}:{page.tag:?}", skip(app))]
#[debug_handler]
async fn list(State(app): State<App>, Query(page): Query<Page>) -> Json<Vec<String>> {
    let version = app.source.ask();
    Json(vec![format!("{} {:?} {version}", page.number, page.tag)])
}

#[cached(ttl = "1m", skip(app))]
async fn loaded(app: &App, slug: &str) -> Result<u32, String> {
    let _ = slug;
    Ok(app.source.ask())
}

/// The common case: the handler calls what is cached.
async fn calls(
    State(app): State<App>,
    Path(slug): Path<String>,
) -> Result<String, (StatusCode, String)> {
    let version = loaded(&app, &slug)
        .await
        .map_err(|error| (StatusCode::BAD_GATEWAY, error))?;
    Ok(format!("{slug} {version}"))
}

fn router() -> Router {
    Router::new()
        .route("/article/{slug}", get(article))
        .route("/list", get(list))
        .route("/calls/{slug}", get(calls))
        .with_state(App::default())
}

async fn ask(router: &Router, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = router
        .clone()
        .oneshot(request)
        .await
        .expect("a router never fails");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 10_000)
        .await
        .expect("a short body");
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn a_cached_handler_below_debug_handler_answers_from_memory() {
    let router = router();
    for _ in 0..3 {
        let (status, body) = ask(&router, "/article/hello").await;
        assert_eq!(
            (status, &*body),
            (StatusCode::OK, r#"{"slug":"hello","version":1}"#)
        );
    }
    assert_eq!(
        ask(&router, "/article/other").await.1,
        r#"{"slug":"other","version":2}"#
    );
    assert_eq!(ask(&router, "/article/none").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(&router, "/article/none").await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        ask(&router, "/article/new").await.1,
        r#"{"slug":"new","version":5}"#
    );
}

#[tokio::test]
async fn a_cached_handler_above_debug_handler_answers_from_memory() {
    let router = router();
    for _ in 0..3 {
        assert_eq!(ask(&router, "/list?number=1").await.1, r#"["1 None 1"]"#);
    }
    assert_eq!(
        ask(&router, "/list?number=1&tag=a").await.1,
        r#"["1 Some(\"a\") 2"]"#
    );
    assert_eq!(list_cache().len(), 2);
}

#[tokio::test]
async fn a_handler_that_calls_a_cached_function_is_a_handler() {
    let router = router();
    assert_eq!(ask(&router, "/calls/a").await.1, "a 1");
    assert_eq!(ask(&router, "/calls/a").await.1, "a 1");
    loaded_cache().invalidate("a").await;
    assert_eq!(ask(&router, "/calls/a").await.1, "a 2");
}
