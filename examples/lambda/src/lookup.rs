//! Cached lookups, for use anywhere: a minute by default, and each caller may set a shorter maximum age.
//!
//! One thing is one entry: the caches of these functions also hold the resources of [`handler()`](crate::handler()), which
//! name them in their `cache` option. So a lookup with a [`max_age`](cached_attr::CacheControlExt::max_age) of zero loads
//! the value for every reader.

use cached_attr::cached;

use crate::aws::Aws;
use crate::error::LoadError;
use crate::load::{self, Object, Parameter, Secret};

/// A parameter: a text or a list.
#[cached(ttl = "60s", skip(aws))]
pub async fn parameter(aws: &Aws, name: &str) -> Result<Parameter, LoadError> {
    load::parameter(aws, name).await
}

/// The current version of a secret.
#[cached(ttl = "60s", skip(aws))]
pub async fn secret(aws: &Aws, id: &str) -> Result<Secret, LoadError> {
    load::secret(aws, id).await
}

/// An object, checked against the bucket once a minute.
#[cached(ttl = "60s", context = known, skip(aws))]
pub async fn object(aws: &Aws, address: &str) -> Result<Object, LoadError> {
    load::object(aws, address, &known).await
}
