//! Remembered lookups, for use anywhere: a minute by default, and every reader may ask for less.
//!
//! Two readers of one name share one entry, whatever they call it. A reader that trusts it for less says so at the call,
//! with [`max_age`](cached_attr::CacheControlExt::max_age); zero loads now and stores what came for all the others.

use std::sync::Arc;

use cached_attr::cached;

use crate::aws::Aws;
use crate::error::LoadError;
use crate::load::{self, ObjectFile, Secret};

/// The text of a parameter, remembered for a minute.
#[cached(ttl = "60s", skip(aws))]
pub async fn parameter(aws: &Aws, name: &str) -> Result<String, LoadError> {
    load::parameter(aws, name).await
}

/// The items of a string list, remembered for a minute.
#[cached(ttl = "60s", skip(aws))]
pub async fn string_list(aws: &Aws, name: &str) -> Result<Arc<[String]>, LoadError> {
    load::string_list(aws, name).await
}

/// The current version of a secret, remembered for a minute.
#[cached(ttl = "60s", skip(aws))]
pub async fn secret(aws: &Aws, id: &str) -> Result<Secret, LoadError> {
    load::secret(aws, id).await
}

/// The file of an object, checked against the bucket once a minute.
#[cached(ttl = "60s", skip(aws))]
pub async fn object(aws: &Aws, address: &str) -> Result<ObjectFile, LoadError> {
    load::object(aws, address).await
}
