//! One request on its way through the meter.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{CONNECTION, CONTENT_TYPE, DATE, HeaderName, LAST_MODIFIED};
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::fault::{Fault, Faults, Hold};
use super::ledger::Ledger;

/// Requests and answers larger than this are none of ours.
const LARGEST: usize = 64 << 20;

/// The way from the client to the services.
#[derive(Clone)]
pub(super) struct Way {
    services: Arc<str>,
    client: Client<HttpConnector, Full<Bytes>>,
    ledger: Arc<Ledger>,
    faults: Arc<Faults>,
}

impl Way {
    pub(super) fn to(services: &str, ledger: Arc<Ledger>, faults: Arc<Faults>) -> Self {
        // moto closes its connections without a word: one per request, or a request may be sent into a closed one.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build_http();
        Self {
            services: services.into(),
            client,
            ledger,
            faults,
        }
    }

    async fn ask(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, Box<dyn std::error::Error>> {
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        *request.uri_mut() = format!("{}{path}", self.services).parse::<Uri>()?;
        let (head, body) = self.client.request(request).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }
}

pub(super) async fn pass(State(way): State<Way>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let request = Request::from_parts(head, Full::new(body.clone()));
    let label = label(&request, &body);
    let _under_way = way.ledger.begin(&label);

    let faults = way.faults.of(&label);
    for fault in &faults {
        match fault {
            Fault::Delay(by) => tokio::time::sleep(*by).await,
            Fault::Refuse { status, code } => {
                way.ledger.answered(&label, *status);
                return refusal(*status, code);
            }
            Fault::Cut | Fault::ServerClock(_) | Fault::LastModified(_) => {}
        }
    }
    let Ok(answer) = way.ask(request).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    way.ledger.answered(&label, answer.status().as_u16());
    delivered(answer, &faults, way.faults.take_hold(&label))
}

/// `GetParameter /name` where the service is told by a header, `GET /bucket/key` where it is not.
fn label(request: &Request<Full<Bytes>>, body: &Bytes) -> String {
    let Some(target) = request
        .headers()
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
    else {
        return format!("{} {}", request.method(), request.uri().path());
    };
    let operation = target.rsplit('.').next().unwrap_or(target);
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = body
        .get("Name")
        .or_else(|| body.get("SecretId"))
        .and_then(Value::as_str);
    name.map_or_else(
        || operation.to_owned(),
        |name| format!("{operation} {name}"),
    )
}

/// An error both in the head, where the bucket's client looks, and as the JSON that the others read.
fn refusal(status: u16, code: &'static str) -> Response<Body> {
    let body = format!(r#"{{"__type":"{code}","message":"refused by the meter"}}"#);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [
        (CONTENT_TYPE, "application/x-amz-json-1.1"),
        (HeaderName::from_static("x-amzn-errortype"), code),
    ];
    (status, headers, body).into_response()
}

fn delivered(answer: Response<Bytes>, faults: &[Fault], hold: Option<Hold>) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    // moto closes every connection; that is between the two of us, and no word to the client.
    head.headers.remove(CONNECTION);
    let mut cut = false;
    for fault in faults {
        match fault {
            Fault::ServerClock(now) => drop(head.headers.insert(DATE, http_date(*now))),
            Fault::LastModified(then) => drop(head.headers.insert(LAST_MODIFIED, http_date(*then))),
            Fault::Cut => cut = true,
            Fault::Delay(_) | Fault::Refuse { .. } => {}
        }
    }
    let body = match hold {
        Some(hold) => Body::from_stream(in_two_halves(body, hold)),
        None if cut => Body::from_stream(first_half_only(body)),
        None => Body::from(body),
    };
    Response::from_parts(head, body)
}

fn in_two_halves(body: Bytes, hold: Hold) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let (first, second) = halves(body);
    stream::once(async { Ok(first) }).chain(stream::once(async move {
        hold.stop_here().await;
        Ok(second)
    }))
}

fn first_half_only(body: Bytes) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    let (first, _) = halves(body);
    stream::iter([Ok(first), Err(std::io::ErrorKind::ConnectionReset.into())])
}

fn halves(mut body: Bytes) -> (Bytes, Bytes) {
    let second = body.split_off(body.len() / 2);
    (body, second)
}

fn http_date(time: SystemTime) -> HeaderValue {
    let text = DateTime::from(time)
        .fmt(Format::HttpDate)
        .unwrap_or_default();
    HeaderValue::try_from(text)
        .unwrap_or_else(|_| HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
}
