//! The Lambda Runtime API: what a function asks for its next event and tells its answers to.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use tokio::sync::{Mutex as AsyncMutex, Semaphore, mpsc, oneshot};

use super::server::Server;

const VERSION: &str = "/2018-06-01/runtime";
/// What AWS gives a function when nothing is configured.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// What a function answers.
pub type Outcome = Result<Value, FunctionError>;

/// An invocation that failed, as the function tells it.
#[derive(Clone, Debug, Deserialize, Error, Serialize)]
#[serde(rename_all = "camelCase")]
#[error("{error_type}: {error_message}")]
pub struct FunctionError {
    /// The kind of failure.
    pub error_type: String,
    /// What happened.
    pub error_message: String,
}

struct Invocation {
    id: String,
    event: Bytes,
}

struct Shared {
    waiting: AsyncMutex<mpsc::UnboundedReceiver<Invocation>>,
    running: Mutex<HashMap<String, oneshot::Sender<Outcome>>>,
    /// One permit for every time that a function asked for an event.
    asked: Semaphore,
}

/// The endpoint. Dropping it ends it.
pub struct RuntimeApi {
    server: Server,
    shared: Arc<Shared>,
    queue: mpsc::UnboundedSender<Invocation>,
    next_id: std::sync::atomic::AtomicU64,
}

impl RuntimeApi {
    /// Starts it on a free port.
    pub async fn start() -> io::Result<Self> {
        let (queue, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            waiting: AsyncMutex::new(waiting),
            running: Mutex::default(),
            asked: Semaphore::new(0),
        });
        let router = Router::new()
            .route(&format!("{VERSION}/invocation/next"), get(next))
            .route(
                &format!("{VERSION}/invocation/{{id}}/response"),
                post(response),
            )
            .route(&format!("{VERSION}/invocation/{{id}}/error"), post(error))
            .route(&format!("{VERSION}/init/error"), post(StatusCode::ACCEPTED))
            .with_state(Arc::clone(&shared));
        Ok(Self {
            server: Server::start(router).await?,
            shared,
            queue,
            next_id: 1.into(),
        })
    }

    /// What a function reads from `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn address(&self) -> String {
        self.server.address().to_string()
    }

    /// Waits until a function has started and asks for its first event.
    pub async fn first_asked(&self) {
        // It is never closed; the permit is given back.
        let _ = self.shared.asked.acquire().await;
    }

    /// Gives the event to the function that asks next, and waits for its answer, not longer than AWS would.
    pub async fn invoke(&self, event: &impl Serialize) -> Outcome {
        let id = self
            .next_id
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            .to_string();
        let event = serde_json::to_vec(event)
            .map_err(|error| failed("Event", &error.to_string()))?
            .into();
        let (answer, answered) = oneshot::channel();
        self.running().insert(id.clone(), answer);
        // The receiver lives in `shared`, which this holds.
        let _ = self.queue.send(Invocation {
            id: id.clone(),
            event,
        });
        let outcome = tokio::time::timeout(TIME_LIMIT * 10, answered).await;
        self.running().remove(&id);
        match outcome {
            Ok(Ok(outcome)) => outcome,
            _ => Err(failed(
                "Timeout",
                "the function did not answer: is it still running?",
            )),
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<Outcome>>> {
        self.shared
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(kind: &str, message: &str) -> FunctionError {
    FunctionError {
        error_type: kind.to_owned(),
        error_message: message.to_owned(),
    }
}

impl Shared {
    fn answer(&self, id: &str, outcome: Outcome) -> StatusCode {
        match self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id)
        {
            Some(waiting) => {
                // Whoever asked may have left.
                let _ = waiting.send(outcome);
                StatusCode::ACCEPTED
            }
            None => StatusCode::NOT_FOUND,
        }
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.asked.add_permits(1);
    let Some(Invocation { id, event }) = shared.waiting.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = SystemTime::now() + TIME_LIMIT;
    let deadline = deadline
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis();
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:000000000000:function:local".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-00000000-000000000000000000000000".to_owned(),
        ),
    ];
    (headers, event).into_response()
}

async fn response(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    shared.answer(
        &id,
        serde_json::from_slice(&body).map_err(|error| failed("Answer", &error.to_string())),
    )
}

async fn error(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    let told =
        serde_json::from_slice(&body).unwrap_or_else(|error| failed("Answer", &error.to_string()));
    shared.answer(&id, Err(told))
}
