//! The part of the Lambda Runtime API that a function needs: it polls for events and posts its answers.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Mutex, mpsc};

use crate::function::FunctionError;
use crate::server::Server;

const INVOCATION: &str = "/2018-06-01/runtime/invocation";

/// The time limit of an invocation that is reported to the function.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// What the function does.
pub(crate) enum Message {
    /// It polls for an event.
    Polls,
    /// It has handled an event.
    Answers(Result<Value, FunctionError>),
}

/// The endpoint, for one function and one invocation at a time. Dropping it stops it.
pub(crate) struct RuntimeApi {
    pub(crate) server: Server,
    pub(crate) events: mpsc::UnboundedSender<Bytes>,
    pub(crate) messages: mpsc::UnboundedReceiver<Message>,
}

struct Shared {
    events: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    messages: mpsc::UnboundedSender<Message>,
}

/// A failure as the function reports it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    error_type: String,
    error_message: String,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Self {
        let (events, queue) = mpsc::unbounded_channel();
        let (sender, messages) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            events: Mutex::new(queue),
            messages: sender,
        });
        let router = Router::new()
            .route(&format!("{INVOCATION}/next"), get(next))
            .route(&format!("{INVOCATION}/{{id}}/response"), post(response))
            .route(&format!("{INVOCATION}/{{id}}/error"), post(error))
            .with_state(shared);
        Self {
            server: Server::start(router).await,
            events,
            messages,
        }
    }
}

impl Shared {
    fn send(&self, message: Message) -> StatusCode {
        // Without a receiver the run is over.
        let _ = self.messages.send(message);
        StatusCode::ACCEPTED
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    shared.send(Message::Polls);
    let event = shared.events.lock().await.recv().await.unwrap_or_default();
    let deadline = (SystemTime::now() + TIME_LIMIT).duration_since(UNIX_EPOCH);
    let deadline = deadline.unwrap_or_default().as_millis().to_string();
    let arn = "arn:aws:lambda:eu-west-1:000000000000:function:local";
    let headers = [
        ("lambda-runtime-aws-request-id", "local".to_owned()),
        ("lambda-runtime-deadline-ms", deadline),
        ("lambda-runtime-invoked-function-arn", arn.to_owned()),
    ];
    (headers, event)
}

async fn response(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let answer = serde_json::from_slice(&body).expect("the runtime crate posts JSON");
    shared.send(Message::Answers(Ok(answer)))
}

async fn error(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let failure: Failure = serde_json::from_slice(&body).expect("the runtime crate posts JSON");
    shared.send(Message::Answers(Err(FunctionError::Failed {
        error_type: failure.error_type,
        message: failure.error_message,
    })))
}
