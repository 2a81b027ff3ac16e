//! The partner's API, which accepts orders that carry its current key.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use axum::routing::post;

use crate::server::Server;

type CurrentKey = Arc<Mutex<String>>;

/// The partner's API. Dropping it stops it.
#[derive(Debug)]
pub struct PartnerApi {
    server: Server,
    key: CurrentKey,
}

impl PartnerApi {
    /// Starts it with the key that it accepts.
    pub async fn start(key: &str) -> Self {
        let key: CurrentKey = Arc::new(Mutex::new(key.to_owned()));
        let router = Router::new()
            .route("/orders/{id}", post(take))
            .with_state(Arc::clone(&key));
        Self {
            server: Server::start(router).await,
            key,
        }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// From now on only this key is accepted.
    pub fn change_key(&self, key: &str) {
        key.clone_into(&mut self.key.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

async fn take(State(key): State<CurrentKey>, headers: HeaderMap) -> StatusCode {
    let key = key.lock().unwrap_or_else(PoisonError::into_inner);
    let expected = format!("Bearer {key}");
    match headers.get(AUTHORIZATION) {
        Some(given) if given.as_bytes() == expected.as_bytes() => StatusCode::CREATED,
        _ => StatusCode::UNAUTHORIZED,
    }
}
