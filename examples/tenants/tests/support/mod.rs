//! The service over a folder of its own.
#![allow(dead_code, reason = "each test program uses its part")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use cached_attr::testing::{IsolatedThread, isolate_thread};
use serde_json::Value;
use tempfile::TempDir;
use tenants::{App, Config, Documents, Options, Sources, TenantId, router};
use tower::ServiceExt as _;

/// The file of every test.
pub(crate) const CONFIG: &str = include_str!("../../sample.yaml");

/// What came back.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

/// The service over a folder, with caches and leaders of its own.
pub(crate) struct Service {
    pub(crate) app: App,
    router: axum::Router,
    folder: TempDir,
    _caches: IsolatedThread,
}

pub(crate) fn tenant(name: &str) -> TenantId {
    TenantId::try_from(name.to_owned()).unwrap()
}

impl Service {
    pub(crate) fn start() -> Self {
        Self::start_with(Options::default())
    }

    pub(crate) fn start_with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = sources(CONFIG, folder.path().into(), options);
        Self {
            router: router(Arc::clone(&app)),
            app,
            folder,
            _caches: isolate_thread(),
        }
    }

    /// The same documents and caches with another file: what a deployment changes.
    pub(crate) fn deploy(&mut self, config: &str) {
        self.app = sources(config, self.folder.path().into(), Options::default());
        self.router = router(Arc::clone(&self.app));
    }

    /// A file of the document store.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Writes a document as another program does.
    pub(crate) fn write(&self, file: &str, document: &Value) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, document.to_string()).unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &[], Some(body)).await
    }

    /// The settings that a request to this host gets.
    pub(crate) async fn at(&self, host: &str) -> Answer {
        self.send(
            "GET",
            "/public/settings",
            &[("X-Forwarded-Host", host)],
            None,
        )
        .await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer {
            status,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }
}

fn sources(config: &str, folder: PathBuf, options: Options) -> App {
    Arc::new(Sources::new(
        Config::parse(config).unwrap(),
        Documents::new(folder),
        options,
    ))
}

/// Lets time pass for the caches; files are not read meanwhile.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
