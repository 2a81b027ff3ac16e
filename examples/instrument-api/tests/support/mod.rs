//! The service over a database of its own.
#![allow(dead_code, reason = "each test program uses its part")]

use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use cached_attr::testing::{IsolatedThread, isolate_thread};
use instrument_api::{App, Claims, Db, Keys, Role, fill, router};
use serde_json::Value;
use sqlx::AnyPool;
use std::time::SystemTime;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// The secret of every test's tokens.
pub(crate) const SECRET: &str = "test";

/// Whose the sample's first job is.
pub(crate) const USER: i64 = 100;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The header `Cache-Status`.
    pub(crate) cache: String,
    pub(crate) body: Value,
}

/// The service over a file, with caches of its own.
pub(crate) struct Service {
    pub(crate) db: Db,
    router: axum::Router,
    url: String,
    _folder: TempDir,
    _caches: IsolatedThread,
}

/// A token for the next hour.
pub(crate) fn token(role: Role) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    token_until(role, now.unwrap().as_secs() + 3600)
}

pub(crate) fn token_until(role: Role, exp: u64) -> String {
    let claims = Claims {
        role,
        user_number: USER,
        exp,
    };
    Keys::new(SECRET).token(&claims).unwrap()
}

impl Service {
    /// Over the sample.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/db?mode=rwc", folder.path().display());
        let db = Db::open(&url).unwrap();
        fill(&db).await.unwrap();
        let app = App {
            db: db.clone(),
            keys: Keys::new(SECRET),
        };
        Self {
            db,
            router: router(app),
            url,
            _folder: folder,
            _caches: isolate_thread(),
        }
    }

    /// Changes the database as another program does.
    pub(crate) async fn behind_its_back(&self, statement: &'static str) {
        let pool = AnyPool::connect(&self.url).await.unwrap();
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
        pool.close().await;
    }

    /// `GET` as staff.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &token(Role::Staff), None).await
    }

    /// `PUT` as staff.
    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, &token(Role::Staff), Some(body))
            .await
    }

    /// Any request; with an empty token, without one.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = match body {
            Some(body) => request
                .header(CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let status = response.status();
        let cache = response.headers().get("cache-status");
        let cache = cache.map_or(String::new(), |value| value.to_str().unwrap().to_owned());
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer {
            status,
            cache,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }
}

/// Lets time pass for the caches; the database's own waits do not run meanwhile.
pub(crate) async fn pass(time: std::time::Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
