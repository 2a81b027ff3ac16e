//! Reading the bucket: all pages of the listing, then all files side by side.

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt as _};
use tracing::Instrument as _;

use crate::{Bucket, Campaign, ConfigError};

/// Where campaign files are.
pub(crate) const CAMPAIGNS: &str = "campaigns";

/// Files read at a time: enough to hide the latency, few enough for the bucket's rate limit.
const AT_A_TIME: usize = 64;

/// Reads every campaign. One broken file fails the whole load: half a list would be a wrong answer.
#[tracing::instrument(name = "load campaign configs", skip_all)]
pub(crate) async fn campaigns(bucket: &Bucket) -> Result<Vec<Campaign>, ConfigError> {
    tracing::info!("refreshing campaign configs");
    let mut files = list(bucket)
        .instrument(tracing::info_span!("list campaign files"))
        .await?;
    files.sort_unstable_by(|a, b| a.location.cmp(&b.location));
    if files.is_empty() {
        return Err(ConfigError::NoCampaigns);
    }
    let reads = files
        .into_iter()
        .map(|file| read_campaign(bucket, file.location));
    futures_util::stream::iter(reads)
        .buffered(AT_A_TIME)
        .try_collect()
        .instrument(tracing::info_span!("read campaign files"))
        .await
}

/// Reads one object to its end; `None` when there is none.
pub(crate) async fn object(bucket: &Bucket, path: &Path) -> Result<Option<Vec<u8>>, ConfigError> {
    let object = match bucket.store().get(path).await {
        Ok(object) => object,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(Some(object.bytes().await?.into()))
}

/// The stream asks for page after page; a bucket answers a thousand names at a time.
async fn list(bucket: &Bucket) -> Result<Vec<ObjectMeta>, ConfigError> {
    let prefix = Path::from(CAMPAIGNS);
    let files = bucket.store().list(Some(&prefix));
    let files =
        files.try_filter(|file| std::future::ready(file.location.extension() == Some("json")));
    Ok(files.try_collect().await?)
}

async fn read_campaign(bucket: &Bucket, path: Path) -> Result<Campaign, ConfigError> {
    let Some(bytes) = object(bucket, &path).await? else {
        return Err(ConfigError::broken(
            path,
            &"it was removed while the configs were read",
        ));
    };
    Campaign::parse(path.as_ref(), &bytes)
}
