//! A server with the inspector, on a free port of loopback.

use std::net::Ipv4Addr;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use cached_attr_inspector::Inspector;
use tokio::net::TcpListener;

/// What opens the controls.
pub const TOKEN: &str = "open sesame";

/// Serves the page, and returns its address.
pub async fn start(inspector: Inspector) -> String {
    serve(Router::new().nest("/caches", inspector.router())).await
}

/// Serves an empty page of another origin, and returns its address.
pub async fn start_foreign() -> String {
    let page = async || Html("<!doctype html><title>foreign</title>");
    serve(Router::new().route("/caches", get(page))).await
}

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/caches")
}
