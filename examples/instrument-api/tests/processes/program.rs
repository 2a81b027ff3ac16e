//! The service as a process, and requests by staff.

use axum::http::StatusCode;
use cached_attr_fleet::program::Program;
use instrument_api::Role;
use serde_json::Value;

use crate::support::{Answer, SECRET, token};

/// Starts the service over a database, with these variables.
pub(crate) async fn start(database: &str, variables: &[(&str, &str)]) -> Program {
    let mut all = vec![("DATABASE_URL", database), ("JWT_SECRET", SECRET)];
    all.extend(variables);
    Program::start(env!("CARGO_BIN_EXE_instrument-api"), &all).await
}

/// `GET` as staff.
pub(crate) async fn get(service: &Program, path: &str) -> Answer {
    send(service, "GET", path, "").await
}

/// `PUT` as staff.
pub(crate) async fn put(service: &Program, path: &str, body: Value) -> Answer {
    send(service, "PUT", path, &body.to_string()).await
}

async fn send(service: &Program, method: &str, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {}", token(Role::Staff));
    let response = service
        .send(method, path, &[("Authorization", &bearer)], body)
        .await;
    Answer {
        status: StatusCode::from_u16(response.status).unwrap(),
        cache: response.header("cache-status").to_owned(),
        body: serde_json::from_str(&response.body).unwrap_or_default(),
    }
}
