//! The router, without a browser.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use cached_attr_inspector::Inspector;
use cached_attr_runtime::{FnCache, caches};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const TOKEN: (&str, &str) = ("x-cached-attr-token", "right");

fn app() -> Router {
    Router::new().nest("/caches", Inspector::new().control("right").router())
}

async fn send(app: Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let answer = app.oneshot(request).await.expect("it cannot fail");
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("it is in memory");
    let text = String::from_utf8(body.to_vec()).expect("it is text");
    (head.status, head.headers, text)
}

async fn get(accept: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get("/caches").header(header::ACCEPT, accept);
    send(app(), request.body(Body::empty()).expect("a request")).await
}

async fn post(app: Router, headers: &[(&str, &str)], body: &Value) -> (StatusCode, Value) {
    let mut request = Request::post("/caches").header(header::HOST, "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_string()));
    let (status, _, text) = send(app, request.expect("a request")).await;
    (status, serde_json::from_str(&text).unwrap_or_default())
}

fn id_of(name: &str) -> String {
    let mut caches = caches().into_iter();
    caches.find(|it| it.name == name).expect("it is alive").id
}

#[tokio::test]
async fn a_script_gets_json_and_a_browser_the_page() {
    let cache: FnCache<u32, u32> = FnCache::builder().name("router/json").capacity(7).build();
    cache.insert(1, 1).await;
    for accept in ["application/json", "*/*"] {
        let (status, headers, body) = get(accept).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CONTENT_TYPE], "application/json");
        let json: Value = serde_json::from_str(&body).expect("JSON");
        let listed = json["caches"].as_array().expect("a list");
        let found = listed.iter().find(|it| it["name"] == "router/json");
        let found = found.expect("it is listed");
        assert_eq!(found["capacity"], 7);
        assert_eq!(
            found["census"],
            json!({ "fresh": 1, "stale": 0, "ended": 0 })
        );
        assert_eq!(found["stats"]["stored"], 1);
    }
    let (_, headers, body) = get("text/html,application/xhtml+xml,*/*;q=0.8").await;
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(body.starts_with("<!doctype html>"));
    assert_eq!(headers[header::VARY], "accept");
}

#[tokio::test]
async fn the_page_may_run_nothing_but_its_own_script() {
    let (_, headers, _) = get("text/html").await;
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str();
    let policy = policy.expect("it is ASCII");
    for part in [
        "default-src 'none'",
        "script-src 'sha256-",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[tokio::test(start_paused = true)]
async fn the_stream_sends_snapshots_and_ends_so_that_a_server_can_shut_down() {
    let (_, headers, body) = get("text/event-stream").await;
    assert_eq!(headers[header::CONTENT_TYPE], "text/event-stream");
    let events = body.lines().filter_map(|line| line.strip_prefix("data: "));
    let clocks: Vec<_> = events
        .map(|event| serde_json::from_str::<Value>(event).expect("JSON"))
        .map(|event| event["clock_ms"].as_u64().expect("a number"))
        .collect();
    assert_eq!(clocks.len(), 20);
    assert!(clocks.is_sorted());
}

#[tokio::test]
async fn control_needs_the_token_and_the_own_origin() {
    let cache: FnCache<u32, u32> = FnCache::builder().name("router/guarded").build();
    cache.insert(1, 1).await;
    let clear = json!({ "action": "clear", "cache": id_of("router/guarded") });
    let status = async |headers: &[(&str, &str)]| post(app(), headers, &clear).await.0;
    assert_eq!(status(&[]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        status(&[(TOKEN.0, "wrong")]).await,
        StatusCode::UNAUTHORIZED
    );
    let foreign = ("origin", "http://evil.example");
    assert_eq!(status(&[TOKEN, foreign]).await, StatusCode::FORBIDDEN);
    let site = ("sec-fetch-site", "cross-site");
    assert_eq!(status(&[TOKEN, site]).await, StatusCode::FORBIDDEN);
    assert_eq!(cache.len(), 1);

    for closed in [Inspector::new(), Inspector::new().control("")] {
        let app = Router::new().nest("/caches", closed.router());
        let (status, said) = post(app, &[TOKEN], &clear).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(
            said["error"]
                .as_str()
                .is_some_and(|it| it.contains("Inspector::control"))
        );
    }
    let own = ("origin", "http://localhost");
    assert_eq!(status(&[TOKEN, own]).await, StatusCode::OK);
    assert!(cache.is_empty());
}

#[tokio::test]
async fn each_action_does_what_it_says() {
    let cache: FnCache<u32, u32> = FnCache::builder().name("router/actions").build();
    cache.insert(1, 1).await;
    let id = id_of("router/actions");
    let act = async |action: &str| {
        let command = json!({ "action": action, "cache": id });
        post(app(), &[TOKEN], &command).await
    };
    assert_eq!(act("disable").await.0, StatusCode::OK);
    assert!(!cache.stats().enabled);
    assert_eq!(act("enable").await.0, StatusCode::OK);
    assert_eq!(cache.get(1).await, Some(1));
    assert_eq!(act("expire").await.0, StatusCode::OK);
    assert_eq!((cache.get(1).await, cache.len()), (None, 1));
    assert_eq!(
        act("clear").await,
        (StatusCode::OK, json!({ "removed": 1 }))
    );
    assert_eq!(act("destroy").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_understood_is_said() {
    let unknown = json!({ "action": "clear", "cache": "nowhere#1" });
    assert_eq!(
        post(app(), &[TOKEN], &unknown).await.0,
        StatusCode::NOT_FOUND
    );
    let (status, said) = post(app(), &[TOKEN], &json!(["clear"])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        said["error"]
            .as_str()
            .is_some_and(|it| it.contains("action"))
    );
    let long = json!({ "action": "clear", "cache": "x".repeat(5000) });
    assert_eq!(
        post(app(), &[TOKEN], &long).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}
