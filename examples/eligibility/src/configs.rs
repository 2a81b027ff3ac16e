//! The campaign configs, cached.

use std::sync::Arc;

use cached_attr::{CacheControlExt as _, CacheStatus, cached};

use crate::{Bucket, Caller, Campaign, ConfigError, load};

/// All campaign configs of a bucket, read at most every half hour.
///
/// Callers that read afresh bypass the cache: they neither read nor change what the others get. While the bucket fails,
/// or a file in it is broken, the last good configs are served for up to six hours.
#[cached(
    ttl = "30m",
    ttl_env = "CONFIG_CACHE_TTL_SECONDS",
    key = bucket.name(),
    bypass = caller.reads_afresh(),
    skip(caller),
    stale_if_error = "6h"
)]
pub async fn campaign_configs(
    bucket: &Bucket,
    caller: &Caller,
) -> Result<Arc<[Campaign]>, ConfigError> {
    let campaigns = load::campaigns(bucket).await;
    campaigns
        .map(Arc::from)
        .inspect_err(|error| error.log("campaign configs"))
}

/// The same, and how the cache answered.
#[tracing::instrument(name = "read campaign configs", skip_all)]
pub async fn read_configs(
    bucket: &Bucket,
    caller: &Caller,
) -> (Result<Arc<[Campaign]>, ConfigError>, CacheStatus) {
    let (configs, status) = campaign_configs(bucket, caller).with_status().await;
    if status.hit {
        tracing::info!("using cached campaign configs");
    }
    (configs, status)
}
