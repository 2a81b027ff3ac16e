//! The cached functions: all a program needs to write.

use std::sync::Arc;

use cached_attr::cached;
use serde::Deserialize;

use crate::http::{self, HttpError};
use crate::service::Service;

/// A vaccination campaign, as its file says it.
#[derive(Debug, Deserialize)]
pub(crate) struct Campaign {
    /// What the campaign is called.
    pub(crate) name: String,
    /// Raised by every edit of the file.
    pub(crate) version: u32,
    /// Who is invited, and when.
    pub(crate) iterations: Vec<Iteration>,
}

/// One round of a campaign.
#[derive(Debug, Deserialize)]
pub(crate) struct Iteration {
    /// What decides whether a person is invited.
    pub(crate) rules: Vec<serde_json::Value>,
}

/// One campaign, remembered for a minute. Test consumers always read from the service.
#[cached(ttl = "1m", key = id, skip(service, consumer), bypass = consumer.starts_with("test-"))]
pub(crate) async fn campaign(
    service: &Service,
    id: u32,
    consumer: &str,
) -> Result<Arc<Campaign>, HttpError> {
    http::get_json(service.address(), &format!("/campaigns/{id}")).await
}

/// The ids of all campaigns. New ones may appear at any time: 300 ms is long enough.
#[cached(ttl = "300ms", skip(service))]
pub(crate) async fn overview(service: &Service) -> Result<Arc<Vec<u32>>, HttpError> {
    http::get_json(service.address(), "/campaigns").await
}
