//! The faults that a [`Wire`](crate::Wire) can inject.

use std::io::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::byte_stream::error::Error as ByteStreamError;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::sync::Semaphore;

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It takes longer.
    Delay(Duration),
    /// It does not reach the services; this status and this AWS error code come back.
    Refuse(u16, &'static str),
    /// The connection breaks in the middle of the answer.
    Cut,
    /// The answer stops half-way until it is released.
    Hold(Hold),
    /// The answer has neither `Date` nor `Last-Modified`.
    NoDates,
}

/// The two sides of an answer that stops half-way.
#[derive(Clone, Debug)]
pub struct Hold {
    reached: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

impl Hold {
    pub(crate) fn new() -> Self {
        Self {
            reached: Arc::new(Semaphore::new(0)),
            released: Arc::new(Semaphore::new(0)),
        }
    }

    /// Waits until the first half of the answer was sent.
    pub async fn reached(&self) {
        // Neither semaphore is closed.
        let _ = self.reached.acquire().await;
    }

    /// Sends the second half.
    pub fn release(&self) {
        self.released.add_permits(1);
    }
}

/// An error in the form that the clients of all three services understand.
pub(crate) fn refusal(status: u16, code: &'static str) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(r#"{"message":"refused"}"#));
    response.headers_mut().insert("x-amzn-errortype", code);
    response
}

/// What a fault makes of an answer.
pub(crate) async fn change(
    fault: Fault,
    mut response: HttpResponse,
) -> Result<HttpResponse, ByteStreamError> {
    match fault {
        Fault::Delay(_) | Fault::Refuse(..) => {}
        Fault::NoDates => {
            response.headers_mut().remove("date");
            response.headers_mut().remove("last-modified");
        }
        Fault::Cut => {
            let (first, _) = halves(&mut response).await?;
            let broken = Err(ErrorKind::ConnectionReset.into());
            *response.body_mut() = streamed(stream::iter([Ok(first), broken]));
        }
        Fault::Hold(hold) => {
            let (first, second) = halves(&mut response).await?;
            let second = stream::once(async move {
                hold.reached.add_permits(1);
                let _ = hold.released.acquire().await;
                Ok(second)
            });
            let first = stream::once(async { Ok(first) });
            *response.body_mut() = streamed(first.chain(second));
        }
    }
    Ok(response)
}

async fn halves(response: &mut HttpResponse) -> Result<(Bytes, Bytes), ByteStreamError> {
    let body = ByteStream::new(response.take_body()).collect().await?;
    let mut first = body.into_bytes();
    let second = first.split_off(first.len() / 2);
    Ok((first, second))
}

fn streamed(chunks: impl Stream<Item = Result<Bytes, Error>> + Send + Sync + 'static) -> SdkBody {
    SdkBody::from_body_1_x(StreamBody::new(chunks.map(|chunk| chunk.map(Frame::data))))
}
