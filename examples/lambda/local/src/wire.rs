//! A client for the AWS SDK that records requests and injects faults.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use serde_json::Value;

use crate::fault::{Fault, Hold, change, refusal};

/// The client. Clones share the record and the faults.
#[derive(Clone, Debug)]
pub struct Wire {
    inner: SharedHttpConnector,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Request>,
    faults: Vec<(String, Fault)>,
    under_way: usize,
    most_at_once: usize,
}

/// A request that was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// `GetParameter /name`, `GetParameters`, `GetSecretValue /id` or `GET /bucket/key`.
    pub label: String,
    /// The names of the headers that make it conditional.
    pub conditions: Vec<String>,
    /// The status of the answer; none while there is no answer.
    pub status: Option<u16>,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            inner: SharedHttpConnector::new(Connector::builder().build_http()),
            state: Arc::default(),
        }
    }
}

impl Wire {
    /// The client, for the configuration of the SDK.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }

    /// All requests that were sent.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// How many requests were sent.
    #[must_use]
    pub fn total(&self) -> usize {
        self.state().requests.len()
    }

    /// How many requests have this label, or begin with it up to a space.
    #[must_use]
    pub fn count(&self, label: &str) -> usize {
        let requests = self.requests().into_iter();
        requests.filter(|sent| sent.is(label)).count()
    }

    /// How many of them were answered with this status.
    #[must_use]
    pub fn answered(&self, label: &str, status: u16) -> usize {
        let requests = self.requests().into_iter();
        let answered = requests.filter(|sent| sent.status == Some(status));
        answered.filter(|sent| sent.is(label)).count()
    }

    /// The most requests that were under way at one time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.state().most_at_once
    }

    /// Clears the record.
    pub fn reset(&self) {
        let mut state = self.state();
        state.requests.clear();
        state.most_at_once = state.under_way;
    }

    /// Injects a fault into every request with this label, until [`heal`](Self::heal).
    pub fn inject(&self, label: &str, fault: Fault) {
        self.state().faults.push((label.to_owned(), fault));
    }

    /// Delays every request with this label.
    pub fn delay(&self, label: &str, by: Duration) {
        self.inject(label, Fault::Delay(by));
    }

    /// Stops the next answer with this label half-way.
    #[must_use]
    pub fn hold_next(&self, label: &str) -> Hold {
        let hold = Hold::new();
        self.inject(label, Fault::Hold(hold.clone()));
        hold
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.state().faults.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the request, and takes the faults that apply to it.
    fn begin(&self, request: Request) -> (usize, Vec<Fault>) {
        let mut state = self.state();
        state.under_way += 1;
        state.most_at_once = state.most_at_once.max(state.under_way);
        let faults = state.faults.iter();
        let faults = faults.filter(|(label, _)| request.is(label));
        let faults = faults.map(|(_, fault)| fault.clone()).collect();
        // A hold is for one request.
        state
            .faults
            .retain(|(label, fault)| !(matches!(fault, Fault::Hold(_)) && request.is(label)));
        state.requests.push(request);
        (state.requests.len() - 1, faults)
    }

    fn end(&self, index: usize, answer: Option<&HttpResponse>) {
        let mut state = self.state();
        state.under_way -= 1;
        // The record may have been cleared meanwhile.
        if let Some(request) = state.requests.get_mut(index) {
            request.status = answer.map(|response| response.status().as_u16());
        }
    }
}

impl Request {
    fn new(request: &HttpRequest) -> Self {
        let headers = request.headers();
        let conditions = headers.iter().map(|(name, _)| name);
        let conditions = conditions.filter(|name| name.starts_with("if-"));
        Self {
            label: label(
                headers.get("x-amz-target"),
                request.method(),
                request.uri(),
                request.body().bytes().unwrap_or_default(),
            ),
            conditions: conditions.map(str::to_owned).collect(),
            status: None,
        }
    }

    /// Whether the label is this one, or begins with it up to a space.
    fn is(&self, label: &str) -> bool {
        let rest = self.label.strip_prefix(label);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let wire = self.clone();
        HttpConnectorFuture::new(async move {
            let (index, faults) = wire.begin(Request::new(&request));
            let answer = send(&wire.inner, request, faults).await;
            wire.end(index, answer.as_ref().ok());
            answer
        })
    }
}

/// Sends a request under these faults.
async fn send(
    inner: &SharedHttpConnector,
    request: HttpRequest,
    faults: Vec<Fault>,
) -> Result<HttpResponse, ConnectorError> {
    for fault in &faults {
        match fault {
            Fault::Delay(by) => tokio::time::sleep(*by).await,
            Fault::Refuse(status, code) => return Ok(refusal(*status, code)),
            Fault::Cut | Fault::Hold(_) | Fault::NoDates => {}
        }
    }
    let mut response = inner.call(request).await?;
    for fault in faults {
        let changed = change(fault, response).await;
        response = changed.map_err(|error| ConnectorError::io(error.into()))?;
    }
    Ok(response)
}

/// `GetParameter /name` where a header names the operation, `GET /bucket/key` where none does.
pub(crate) fn label(target: Option<&str>, method: &str, url: &str, body: &[u8]) -> String {
    let Some(target) = target else {
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        return format!("{method} /{path}");
    };
    let operation = target.rsplit('.').next().unwrap_or(target);
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = body.get("Name").or_else(|| body.get("SecretId"));
    match name.and_then(Value::as_str) {
        Some(name) => format!("{operation} {name}"),
        None => operation.to_owned(),
    }
}
