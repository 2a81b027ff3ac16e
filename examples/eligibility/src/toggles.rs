//! Feature toggles: small texts in the bucket that turn features on.

use cached_attr::cached;
use object_store::path::Path;
use tracing::{Instrument as _, info_span};

use crate::{Bucket, ConfigError, Environment};

/// A parameter by its full name; `None` when it does not exist.
///
/// That it does not exist is cached like any other answer. A failure is not: the last good answer is served, or the
/// error for two seconds, so that not every request reads a throttled store.
#[cached(
    ttl = "5m",
    error_ttl = "2s",
    stale_if_error = "6h",
    capacity = 128,
    key = (bucket.name(), name)
)]
pub async fn parameter(bucket: &Bucket, name: &str) -> Result<Option<String>, ConfigError> {
    let value = load(bucket, name).instrument(info_span!("load parameter"));
    value.await.inspect_err(|error| error.log("a parameter"))
}

async fn load(bucket: &Bucket, name: &str) -> Result<Option<String>, ConfigError> {
    let path = Path::from(format!("parameters{name}"));
    let bytes = bucket.read(&path).await?;
    bytes
        .map(|bytes| String::from_utf8(bytes).map_err(|error| ConfigError::broken(name, &error)))
        .transpose()
}

/// Whether a feature is on: only the text `true` turns it on. A toggle that could never be read is off.
pub async fn is_feature_enabled(bucket: &Bucket, environment: &Environment, feature: &str) -> bool {
    let name = format!("/{}/feature_toggles/{feature}", environment.name());
    let value = parameter(bucket, &name).await.unwrap_or_default();
    value.is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
}
