//! The partner's API: what the secret is for.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, StatusCode};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use thiserror::Error;

/// A client of the partner's API.
#[derive(Clone, Debug)]
pub struct Partner {
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// Why the partner did not take an order.
#[derive(Clone, Debug, Error)]
pub enum PartnerError {
    /// The key is not, or no longer, the partner's.
    #[error("the partner refuses the key: it was changed, or never right")]
    Unauthorized,
    /// The partner answered something else than "taken".
    #[error("the partner answered {0}")]
    Answer(StatusCode),
    /// The partner cannot be reached.
    #[error("the partner cannot be reached: look at PARTNER_URL")]
    Unreachable,
}

impl Partner {
    /// A client for the partner at `url`. Nothing is connected before the first order.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// Passes an order on.
    pub async fn order(&self, api_key: &str, id: u64) -> Result<(), PartnerError> {
        let request = Request::post(format!("{}/orders/{id}", self.url))
            .header(AUTHORIZATION, format!("Bearer {api_key}"))
            .body(Full::default())
            // A key with a line break, for example, is not a valid header value: it cannot be the partner's.
            .map_err(|_| PartnerError::Unauthorized)?;
        let answer = self
            .client
            .request(request)
            .await
            .map_err(|_| PartnerError::Unreachable)?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED => Err(PartnerError::Unauthorized),
            status => Err(PartnerError::Answer(status)),
        }
    }
}
