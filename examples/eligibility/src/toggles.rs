//! Feature toggles: small texts in the bucket that turn features on.

use cached_attr::cached;
use object_store::path::Path;
use tracing::{Instrument as _, info_span};

use crate::{Bucket, ConfigError, Environment, load};

/// A parameter by its full name; `None` when there is none.
///
/// That there is none is an answer, remembered like any other. A failure is not: it is remembered just
/// long enough to keep a throttled store from being asked by every request.
#[cached(ttl = "5m", error_ttl = "2s", capacity = 128, key = (bucket.name(), name))]
pub async fn parameter(bucket: &Bucket, name: &str) -> Result<Option<String>, ConfigError> {
    let path = Path::from(format!("parameters{name}"));
    let bytes = load::object(bucket, &path)
        .instrument(info_span!("load parameter"))
        .await?;
    bytes
        .map(|bytes| String::from_utf8(bytes).map_err(|error| ConfigError::broken(name, &error)))
        .transpose()
}

/// Is a feature on? Only a parameter that says `true` turns one on; what cannot be read is off.
pub async fn is_feature_enabled(bucket: &Bucket, environment: &Environment, feature: &str) -> bool {
    let name = format!("/{}/feature_toggles/{feature}", environment.name());
    let Ok(value) = parameter(bucket, &name).await else {
        tracing::warn!("a feature toggle cannot be read: the feature is off");
        return false;
    };
    value.is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
}
