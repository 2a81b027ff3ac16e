//! Which consumer may ask about which campaigns, remembered beside the configs.

use std::collections::HashMap;
use std::sync::Arc;

use cached_attr::cached;
use object_store::path::Path;
use serde::Deserialize;
use tracing::{Instrument as _, info_span};

use crate::{Bucket, ConfigError, Environment, load};

/// The file of the mapping.
const FILE: &str = "consumers.json";

/// From a consumer to the targets it may ask about.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct ConsumerMapping(HashMap<String, Vec<String>>);

impl ConsumerMapping {
    /// May this consumer ask about campaigns for this target?
    #[must_use]
    pub fn allows(&self, consumer: &str, target: &str) -> bool {
        self.0
            .get(consumer)
            .is_some_and(|targets| targets.iter().any(|allowed| allowed == target))
    }
}

/// The consumer mapping of a bucket. No file means that no consumer may ask about anything.
#[cached(ttl = Environment::current().mapping_ttl(), key = bucket.name())]
pub async fn consumer_mapping(bucket: &Bucket) -> Result<Arc<ConsumerMapping>, ConfigError> {
    let Some(bytes) = load::object(bucket, &Path::from(FILE))
        .instrument(info_span!("load consumer mapping"))
        .await?
    else {
        return Ok(Arc::default());
    };
    let mapping =
        serde_json::from_slice(&bytes).map_err(|error| ConfigError::broken(FILE, &error))?;
    Ok(Arc::new(mapping))
}
