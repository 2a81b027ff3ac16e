//! Reads all campaigns: the listing to its last page, then the files side by side.

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use tracing::{Instrument as _, info_span};

use crate::{Bucket, Campaign, ConfigError};

/// The folder of the campaign files.
const CAMPAIGNS: &str = "campaigns";

/// Files read at a time: enough to hide the latency, few enough for the bucket's rate limit.
const AT_A_TIME: usize = 64;

/// Reads every campaign. One broken file fails the whole load: half a list would be a wrong answer.
#[tracing::instrument(name = "load campaign configs", skip_all)]
pub(crate) async fn campaigns(bucket: &Bucket) -> Result<Vec<Campaign>, ConfigError> {
    tracing::info!("refreshing campaign configs");
    let listing = bucket.list(CAMPAIGNS);
    let mut files = listing
        .instrument(info_span!("list campaign files"))
        .await?;
    files.retain(|file| file.extension() == Some("json"));
    if files.is_empty() {
        return Err(ConfigError::NoCampaigns);
    }
    files.sort_unstable();
    let reads = files.into_iter().map(|file| read_campaign(bucket, file));
    futures_util::stream::iter(reads)
        .buffered(AT_A_TIME)
        .try_collect()
        .instrument(info_span!("read campaign files"))
        .await
}

async fn read_campaign(bucket: &Bucket, path: Path) -> Result<Campaign, ConfigError> {
    let Some(bytes) = bucket.read(&path).await? else {
        return Err(ConfigError::broken(
            path,
            &"it was removed while the configs were read",
        ));
    };
    Campaign::parse(path.as_ref(), &bytes)
}
