//! Which consumer may use which campaigns, and which consumers read afresh.

use std::collections::HashMap;
use std::sync::Arc;

use cached_attr::cached;
use object_store::path::Path;
use serde::Deserialize;
use tracing::{Instrument as _, info_span};

use crate::{Bucket, ConfigError, Environment};

/// The file of the mapping.
const FILE: &str = "consumers.json";

/// Consumers by their id.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct ConsumerMapping(HashMap<String, Consumer>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Consumer {
    targets: Vec<String>,
    #[serde(default)]
    reads_afresh: bool,
}

impl ConsumerMapping {
    /// Whether this consumer may use campaigns for this target.
    #[must_use]
    pub fn allows(&self, consumer: &str, target: &str) -> bool {
        let consumer = self.0.get(consumer);
        consumer.is_some_and(|consumer| consumer.targets.iter().any(|allowed| allowed == target))
    }

    /// Whether the mapping flags this consumer as one that always reads the configs afresh.
    #[must_use]
    pub fn reads_afresh(&self, consumer: &str) -> bool {
        self.0
            .get(consumer)
            .is_some_and(|consumer| consumer.reads_afresh)
    }
}

/// The consumer mapping of a bucket. While it cannot be read, the last good one is served for up to six hours, as the
/// campaign configs are: one without the other answers nothing.
#[cached(ttl = Environment::current().mapping_ttl(), key = bucket.name(), stale_if_error = "6h")]
pub async fn consumer_mapping(bucket: &Bucket) -> Result<Arc<ConsumerMapping>, ConfigError> {
    let mapping = load(bucket).instrument(info_span!("load consumer mapping"));
    mapping
        .await
        .map(Arc::new)
        .inspect_err(|error| error.log("the consumer mapping"))
}

async fn load(bucket: &Bucket) -> Result<ConsumerMapping, ConfigError> {
    let bytes = bucket.read(&Path::from(FILE)).await?;
    let bytes = bytes.ok_or(ConfigError::NoConsumers)?;
    serde_json::from_slice(&bytes).map_err(|error| ConfigError::broken(FILE, &error))
}
