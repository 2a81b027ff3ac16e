//! A bucket in memory that counts its requests, and can be slow or broken.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use eligibility::{Bucket, Campaign, sample};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt as _, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    Result,
};

/// The store behind a test's bucket. Clones are handles to the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed(Arc<State>);

#[derive(Debug, Default)]
struct State {
    files: InMemory,
    lists: AtomicU64,
    gets: AtomicU64,
    delay_ms: AtomicU64,
    broken: AtomicBool,
}

impl Observed {
    /// A bucket that no other test has, with this many campaigns.
    pub(crate) async fn bucket(campaigns: u32) -> (Bucket, Self) {
        static BUCKETS: AtomicU64 = AtomicU64::new(0);
        let store = Self::default();
        for number in 0..campaigns {
            store.put(&sample::campaign(number, 1)).await;
        }
        let name = format!("bucket-{}", BUCKETS.fetch_add(1, Ordering::Relaxed));
        (Bucket::new(name, store.clone()), store)
    }

    /// Writes a campaign to its file.
    pub(crate) async fn put(&self, campaign: &Campaign) {
        self.write(
            &format!("campaigns/{}.json", campaign.id),
            sample::json(campaign),
        )
        .await;
    }

    /// Writes a file, uncounted and at once.
    pub(crate) async fn write(&self, path: &str, text: impl Into<PutPayload>) {
        self.0
            .files
            .put(&Path::from(path), text.into())
            .await
            .expect("memory takes every file");
    }

    /// From now on every request takes this long.
    pub(crate) fn delay(&self, delay: Duration) {
        self.0.delay_ms.store(
            u64::try_from(delay.as_millis()).expect("a short delay"),
            Ordering::Relaxed,
        );
    }

    /// From now on every request fails, or no longer.
    pub(crate) fn set_broken(&self, broken: bool) {
        self.0.broken.store(broken, Ordering::Relaxed);
    }

    /// Listings begun: one for each load of the configs.
    pub(crate) fn lists(&self) -> u64 {
        self.0.lists.load(Ordering::Relaxed)
    }

    /// Reads of an object.
    pub(crate) fn gets(&self) -> u64 {
        self.0.gets.load(Ordering::Relaxed)
    }

    async fn request(&self) -> Result<()> {
        match self.0.delay_ms.load(Ordering::Relaxed) {
            0 => tokio::task::yield_now().await,
            delay => tokio::time::sleep(Duration::from_millis(delay)).await,
        }
        if self.0.broken.load(Ordering::Relaxed) {
            return Err(Error::Generic {
                store: "test",
                source: "503 Slow Down".into(),
            });
        }
        Ok(())
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("observed memory")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Observed {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.gets.fetch_add(1, Ordering::Relaxed);
        self.request().await?;
        self.0.files.get_opts(location, options).await
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.lists.fetch_add(1, Ordering::Relaxed);
        let (this, prefix) = (self.clone(), prefix.cloned());
        let listing = async move {
            match this.request().await {
                Ok(()) => this.0.files.list(prefix.as_ref()),
                Err(error) => stream::iter([Err(error)]).boxed(),
            }
        };
        stream::once(listing).flatten().boxed()
    }

    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.0.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.files.put_multipart_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.0.files.delete_stream(locations)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.files.copy_opts(from, to, options).await
    }
}
